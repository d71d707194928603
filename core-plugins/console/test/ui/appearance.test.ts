import type { PluginInfo, ThemeContribution } from '@aico/sdk';
import { describe, expect, test } from 'vitest';
import { TOKENS } from '../../ui/src/appearance/colors.ts';
import { bringersOf, formatChoice, parseChoice, themeOf } from '../../ui/src/appearance/theme-choice.ts';
import { stylesOf } from '../../ui/src/appearance/wear.ts';

const colors = (color: string) =>
  Object.fromEntries(TOKENS.map((token) => [token, color])) as never as ThemeContribution['light'];
const theme = (id: string): ThemeContribution => ({ id, title: id, light: colors('#ffffff'), dark: colors('#000000') });
const MAY_CHANGE = { granted: true, permission: { topic: 'kernel.theme.set.v1' } };

function plugin(changes: Partial<PluginInfo> = {}): PluginInfo {
  const themes = [theme('calm'), theme('bright')];
  return {
    id: 'mood',
    name: 'Mood',
    enabled: true,
    state: 'active',
    permissions: [MAY_CHANGE],
    themes,
    ...changes,
  } as PluginInfo;
}

describe('the theme that the app wears [PLG-5, UI-1]', () => {
  test('is the one that was chosen, or what its plugin says', () => {
    const says = (changes?: Partial<PluginInfo>) => themeOf({ plugin: 'mood' }, [plugin(changes)])?.id;
    expect(themeOf({ plugin: 'mood', theme: 'bright' }, [plugin({ theme: 'calm' })])?.id).toBe('bright');
    expect([says(), says({ theme: 'bright' })]).toEqual(['calm', 'bright']);
    expect(says({ permissions: [{ ...MAY_CHANGE, granted: false }] as never })).toBe(undefined);
  });

  test.each([
    ['is off', { enabled: false }],
    ['is not vouched for any more', { state: 'revoked' }],
    ['misbehaved', { state: 'quarantined' }],
    ['has that theme no more', { themes: [theme('bright')] }],
    ['is another', { id: 'other' }],
  ] as const)("is AICO's own when its plugin %s", (_, changes) => {
    expect(themeOf({ plugin: 'mood', theme: 'calm' }, [plugin(changes as never)])).toBe(undefined);
  });

  test.each(['active', 'suspended', 'starting', 'backoff', 'updating'] as const)(
    'stays while its plugin is %s',
    (state) => {
      expect(bringersOf([plugin({ state })])).toHaveLength(1);
    },
  );

  test('is kept as two names, and read back from nothing else', () => {
    for (const choice of [{ plugin: 'mood' }, { plugin: 'mood', theme: 'calm' }])
      expect(parseChoice(formatChoice(choice))).toEqual(choice);
    for (const text of [undefined, '', '/', 'a/b/c', 'mood/', 'Mood', '{"plugin":"mood"}'])
      expect(parseChoice(text)).toBe(undefined);
  });

  test('reaches the page as custom properties of fourteen tokens, and not at all with anything but colours in it', () => {
    const styles = stylesOf(theme('calm'));
    expect(styles).toHaveLength(14);
    expect(styles[0]).toEqual(['--color-paper', 'light-dark(#ffffff, #000000)']);
    for (const paper of ['url(x)', '#ffffff;color:red', 'var(--x)', 'red', '', 'oklch(0 0 0) url(x)'])
      expect(stylesOf({ ...theme('calm'), dark: { ...colors('#000000'), paper } })).toEqual([]);
    expect(stylesOf(undefined)).toEqual([]);
  });
});
