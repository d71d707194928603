import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest, ThemeColors } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../src/manifest.ts';
import { contrastOf, parseColor } from '../../src/theme/color.ts';
import { CONTRAST_RULES, SIGNALS } from '../../src/theme/contrast-rules.ts';
import { findThemeErrors, findThemeProblems } from '../../src/theme/find-theme-problems.ts';

const ROOT = join(import.meta.dirname, '../../..');
const TOKENS = readFileSync(join(ROOT, 'core-plugins/console/ui/src/styles/tokens.css'), 'utf8');
const own = JSON.parse(readFileSync(join(ROOT, 'core-plugins/console/plugin.json'), 'utf8')) as Manifest;
const SEA = own.contributes?.themes?.[0];
if (SEA === undefined) throw new Error('the console brings no theme');

/** The console's first theme with other colours, as a plugin that brings it. */
function withColors(light: Partial<ThemeColors>, dark: Partial<ThemeColors> = {}): Manifest {
  const theme = { ...SEA, id: 'tried', light: { ...SEA?.light, ...light }, dark: { ...SEA?.dark, ...dark } };
  return { ...own, id: 'tries', contributes: { themes: [theme] } } as Manifest;
}
const bytesOf = (manifest: Manifest): Uint8Array => new TextEncoder().encode(JSON.stringify(manifest));

describe('the colours of a theme [PLG-5, UI-1]', () => {
  test('of the console are easy to read, all of them', () => {
    expect([findThemeProblems(own), findThemeErrors(own)]).toEqual([[], []]);
    expect(own.contributes?.themes?.map(({ id }) => id)).toEqual(['sea', 'moss', 'plum', 'high-contrast']);
  });

  test('that are too near are refused, with token, ground, ratio, and one that is enough', () => {
    const [error, ...others] = findThemeErrors(withColors({ faint: '#8a8f98' }));
    expect(others).toEqual([]);
    expect(error?.message).toMatch(
      /^The theme "tried" of tries is hard to read: in light, faint on \S+ has a contrast of 2\.\d\d:1, less than 4\.5:1\.$/,
    );
    const [, better = ''] = /^Make faint darker, for instance (#[0-9a-f]{6})\.$/.exec(error?.fix ?? '') ?? [];
    expect(findThemeErrors(withColors({ faint: better }))).toEqual([]);
    expect(() => parseManifest(bytesOf(withColors({ faint: '#8a8f98' })), 'tries')).toThrow(
      expect.objectContaining({ code: 'REGISTRY_THEME_CONTRAST' }),
    );
  });

  test.each([
    ['a button that cannot be read', { 'on-accent': '#000000' }, {}, ['on-accent']],
    ['an edge that does not show', { edge: '#d0d8da' }, {}, ['edge']],
    ['a focus ring that does not show', {}, { accent: '#2a3338', 'accent-strong': '#2a3338' }, ['on-accent', 'accent']],
    ['a ground that swallows warnings', {}, { raised: '#7d7d7d', ink: '#ffffff' }, ['soft', "AICO's own bad"]],
  ] as const)('%s is refused', (_, light, dark, tokens) => {
    const found = findThemeErrors(withColors(light, dark)).map(({ details }) => details['token']);
    expect(found).toEqual(expect.arrayContaining([...tokens]));
  });

  test.each([
    ['url(https://evil.test/x)'],
    ['#ffffff; background: url(//evil.test)'],
    ['var(--color-ink)'],
    ['oklch(0.5 0.1 42/**/)'],
    ['oklch(0.5 0.1 calc(1))'],
    ['rgb(0 0 0)'],
    ['#ffffff\n'],
    ['#FFF'],
    [''],
  ])('are colours and nothing else of CSS: %j', (paper) => {
    expect(() => parseManifest(bytesOf(withColors({ paper })), 'tries')).toThrow(
      expect.objectContaining({ code: 'REGISTRY_MANIFEST_INVALID' }),
    );
  });

  test('are ones that a screen shows, under ids of their own', () => {
    const problems = findThemeProblems(withColors({ accent: 'oklch(0.5 0.4 150)' }));
    expect(problems).toEqual(['contributes.themes[0].light.accent "oklch(0.5 0.4 150)" is no colour of sRGB']);
    const { contributes } = withColors({});
    const twice = { ...own, contributes: { themes: [...(contributes?.themes ?? []), ...(contributes?.themes ?? [])] } };
    expect(findThemeProblems(twice)).toEqual(['contributes.themes[1].id "tried" is there twice']);
  });

  test.each(['light', 'dark'] as const)('that AICO wears by itself keep the same rules in %s', (scheme) => {
    const colors = tokensOf(scheme);
    expect({ good: colors['good'], warn: colors['warn'], bad: colors['bad'] }).toEqual(SIGNALS[scheme]);
    const { accent: _, 'accent-strong': __, ...plain } = colors;
    for (const { tokens, grounds, least } of CONTRAST_RULES)
      for (const token of tokens)
        for (const ground of grounds) {
          const [one, other] = [plain[token], plain[ground]];
          if (one === undefined || other === undefined) continue;
          const ratio = contrastOf(parseColor(one), parseColor(other));
          expect([token, ground, ratio >= least]).toEqual([token, ground, true]);
        }
  });
});

/** The tokens of the app's stylesheet that are plain colours. */
function tokensOf(scheme: 'light' | 'dark'): Record<string, string> {
  const found = TOKENS.matchAll(/--color-([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g);
  return Object.fromEntries(
    [...found].map(([, name = '', light = '', dark = '']) => [name, scheme === 'light' ? light : dark]),
  );
}
