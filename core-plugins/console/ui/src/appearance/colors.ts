import type { ThemeColors } from '@aico/sdk';
import type { ViewColor } from '@aico/sdk/view';

/** A colour that themes may change. */
export type Token = keyof ThemeColors;

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

/** What views are told: most of those, and the signals. */
const TOLD: readonly ViewColor[] = [...TOKENS.filter((token) => token !== 'accent-strong'), 'good', 'warn', 'bad'];

/** The custom property that holds a colour. */
export function propertyOf(name: Token | ViewColor): string {
  return `--color-${name}`;
}

/** The app's own colours as it declares them, one for light and one for dark, whatever it wears. */
export function ownColors(): [property: string, value: string][] {
  const { style } = document.documentElement;
  const worn = TOKENS.map((token) => [propertyOf(token), style.getPropertyValue(propertyOf(token))] as const);
  for (const [property] of worn) style.removeProperty(property);
  const computed = getComputedStyle(document.documentElement);
  const own = worn.map(([property]): [string, string] => [property, computed.getPropertyValue(property)]);
  for (const [property, value] of worn) if (value !== '') style.setProperty(property, value);
  return own;
}

/** The colours in force, as a view learns them: what each comes to in what the app wears now. */
export function colorsNow(): Record<ViewColor, string> {
  // Only an element knows what a colour comes to in the theme in force.
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const colors = TOLD.map((name): [ViewColor, string] => {
    probe.style.color = `var(${propertyOf(name)})`;
    return [name, style.color];
  });
  probe.remove();
  return Object.fromEntries(colors) as Record<ViewColor, string>;
}
