import { describe, expect, test } from 'vitest';
import { ThemeChoices } from '../../src/control/theme-choices.ts';
import type { ManagedPlugin } from '../../src/lifecycle/managed-plugin.ts';
import { FakeClock } from '../lifecycle/fake-clock.ts';

function plugin(id: string, ...themes: string[]): ManagedPlugin {
  return { id, manifest: { contributes: { themes: themes.map((each) => ({ id: each })) } } } as never;
}
const refusal = (code: string, details: object) => expect.objectContaining({ code, details });

describe('a plugin that chooses its theme [PLG-5]', () => {
  test('chooses among its own, and no more', () => {
    const choices = new ThemeChoices(new FakeClock());
    const mood = plugin('mood', 'calm', 'bright');
    expect([choices.of(mood), choices.choose(mood, 'calm'), choices.of(mood)]).toEqual([undefined, true, 'calm']);
    expect(() => choices.choose(mood, 'sea')).toThrow(
      refusal('KERNEL_THEME_UNKNOWN', { theme: 'sea', known: 'calm, bright' }),
    );
    expect(() => choices.choose({ id: 'plain', manifest: undefined }, 'calm')).toThrow(
      refusal('KERNEL_THEME_UNKNOWN', { theme: 'calm', known: 'none; declare them under contributes.themes' }),
    );
    expect([choices.of(mood), choices.of(plugin('plain', 'calm'))]).toEqual(['calm', undefined]);
  });

  test('changes it once in three seconds, without being in the way of others', () => {
    const clock = new FakeClock();
    const choices = new ThemeChoices(clock);
    const mood = plugin('mood', 'calm', 'bright');
    choices.choose(mood, 'calm');
    expect(choices.choose(mood, 'calm')).toBe(false);
    clock.advance(1_000);
    expect(() => choices.choose(mood, 'bright')).toThrow(refusal('KERNEL_THEME_TOO_OFTEN', { retryAfterMs: 2_000 }));
    expect(choices.choose(plugin('other', 'sea'), 'sea')).toBe(true);
    clock.advance(2_000);
    expect([choices.choose(mood, 'bright'), choices.of(mood)]).toEqual([true, 'bright']);
  });

  test('has none of a version that has it no more, nor once it was removed', () => {
    const choices = new ThemeChoices(new FakeClock());
    choices.choose(plugin('mood', 'calm'), 'calm');
    expect(choices.of(plugin('mood', 'bright'))).toBe(undefined);
    choices.drop('mood');
    expect(choices.of(plugin('mood', 'calm'))).toBe(undefined);
  });
});
