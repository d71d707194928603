import type { ThemeColors } from '@aico/schemas';

export type ThemeToken = keyof ThemeColors;
type Scheme = 'light' | 'dark';

/** What lies on what, and how much contrast that needs: WCAG 2.2, 1.4.3 for text and 1.4.11 for what shows a control. */
export interface ContrastRule {
  readonly tokens: readonly ThemeToken[];
  readonly grounds: readonly ThemeToken[];
  readonly least: number;
}

const LEVELS = ['paper', 'surface', 'raised', 'sunken'] as const;

export const CONTRAST_RULES: readonly ContrastRule[] = [
  { tokens: ['ink', 'soft', 'faint', 'accent-text'], grounds: [...LEVELS, 'accent-wash'], least: 4.5 },
  { tokens: ['on-accent'], grounds: ['accent', 'accent-strong'], least: 4.5 },
  { tokens: ['accent'], grounds: LEVELS, least: 3 },
  { tokens: ['edge'], grounds: ['paper', 'surface', 'raised'], least: 3 },
];

/** Where AICO writes in colours of its own, which no theme changes: what is well, what wants care, what is wrong. */
export const SIGNAL_GROUNDS: readonly ThemeToken[] = LEVELS;
export const SIGNALS: Readonly<Record<Scheme, Readonly<Record<'good' | 'warn' | 'bad', string>>>> = {
  light: { good: '#2f6b3c', warn: '#7c5200', bad: '#a3302b' },
  dark: { good: '#8fce9b', warn: '#eac26b', bad: '#f3a09a' },
};
export const SIGNAL_LEAST = 4.5;
