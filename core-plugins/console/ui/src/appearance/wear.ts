import type { ThemeColors, ThemeContribution } from '@aico/sdk';

type Colors = Pick<ThemeContribution, 'light' | 'dark'>;
type Token = keyof ThemeColors;

/** What a theme may change; all else keeps AICO's own colours, above all what says that something is wrong. */
export const TOKENS: readonly Token[] = [
  'paper',
  'surface',
  'raised',
  'sunken',
  'line',
  'edge',
  'ink',
  'soft',
  'faint',
  'accent',
  'accent-strong',
  'on-accent',
  'accent-text',
  'accent-wash',
];

/** As manifest#ThemeColor has it. The kernel refuses all else; nothing else reaches a style even so. */
const COLOR = /^(#[0-9a-f]{6}|oklch\([\d.]{1,6} [\d.]{1,6} [\d.]{1,6}\))$/i;
/** Read by theme.js before the first paint. */
const KEY = 'aico.colors';

/** The app wears these colours at once, and at its next start before anything is painted; without any, its own. */
export function wear(colors: Colors | undefined): void {
  const styles = stylesOf(colors);
  const { style } = document.documentElement;
  for (const token of TOKENS) style.removeProperty(nameOf(token));
  for (const [name, value] of styles) style.setProperty(name, value);
  tintBrowser(colors);
  try {
    if (styles.length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(styles)));
  } catch {
    // A browser may forbid storage; the next start then begins in AICO's own colours.
  }
}

/** A theme's colours as custom properties; none when one of them is not a colour. */
export function stylesOf(colors: Colors | undefined): [name: string, value: string][] {
  if (colors === undefined) return [];
  const { light, dark } = colors;
  if (!TOKENS.every((token) => COLOR.test(light[token]) && COLOR.test(dark[token]))) return [];
  return TOKENS.map((token) => [nameOf(token), `light-dark(${light[token]}, ${dark[token]})`]);
}

/** The app's own colours as custom properties, whatever it wears. */
export function ownStyles(): [name: string, value: string][] {
  const { style } = document.documentElement;
  const worn = TOKENS.map((token) => [nameOf(token), style.getPropertyValue(nameOf(token))] as const);
  for (const [name] of worn) style.removeProperty(name);
  const computed = getComputedStyle(document.documentElement);
  const own = worn.map(([name]): [string, string] => [name, computed.getPropertyValue(name)]);
  for (const [name, value] of worn) if (value !== '') style.setProperty(name, value);
  return own;
}

function nameOf(token: Token): string {
  return `--color-${token}`;
}

/** The bar that a phone's browser paints around the page. */
function tintBrowser(colors: Colors | undefined): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const scheme = meta.media.includes('dark') ? 'dark' : 'light';
    meta.dataset['own'] ??= meta.content;
    meta.content = colors?.[scheme].paper ?? meta.dataset['own'];
  }
}
