import type { ThemeContribution } from '@aico/sdk';
import { propertyOf, TOKENS } from './colors.ts';

type Colors = Pick<ThemeContribution, 'light' | 'dark'>;

/** As manifest#ThemeColor has it. The kernel refuses all else; nothing else reaches a style even so. */
const COLOR = /^(#[0-9a-f]{6}|oklch\([\d.]{1,6} [\d.]{1,6} [\d.]{1,6}\))$/i;
/** Read by theme.js before the first paint. */
const KEY = 'aico.colors';

/** The app wears these colours at once, and at its next start before anything is painted; without any, its own. */
export function wear(colors: Colors | undefined): void {
  const styles = stylesOf(colors);
  const { style } = document.documentElement;
  for (const token of TOKENS) style.removeProperty(propertyOf(token));
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
  return TOKENS.map((token) => [propertyOf(token), `light-dark(${light[token]}, ${dark[token]})`]);
}

/** The bar that a phone's browser paints around the page. */
function tintBrowser(colors: Colors | undefined): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const scheme = meta.media.includes('dark') ? 'dark' : 'light';
    meta.dataset['own'] ??= meta.content;
    meta.content = colors?.[scheme].paper ?? meta.dataset['own'];
  }
}
