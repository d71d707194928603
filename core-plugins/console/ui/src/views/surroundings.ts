import type { ViewSurroundings } from '@aico/sdk/view';

/** Colours that a view is told, by the names that the app has for them. */
const COLORS = [
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
  'on-accent',
  'accent-text',
  'accent-wash',
  'good',
  'warn',
  'bad',
] as const;

/** What the app looks like now, as a view learns it. */
export function readSurroundings(locale: string): ViewSurroundings {
  // Only an element knows what a colour comes to in the theme in force.
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const colors = Object.fromEntries(
    COLORS.map((name) => {
      probe.style.color = `var(--color-${name})`;
      return [name, style.color];
    }),
  );
  const chosen = document.documentElement.dataset['theme'];
  const dark = chosen === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
  probe.remove();
  return { locale, dark, colors: colors as ViewSurroundings['colors'] };
}
