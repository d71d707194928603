import { describe, expect, test } from 'vitest';
import { findAskable } from '../src/exposed-topics.ts';

describe('topics that each plugin has of its own [SEC-4]', () => {
  test('are open as the table says, by the id of one plugin', () => {
    expect(findAskable('request', 'plugin.habits.view.ask.v1')?.topic).toBe('plugin.*.view.ask.v1');
  });

  test.each([
    'plugin.*.view.ask.v1',
    'plugin.>',
    'plugin.habits.command.run.v1',
    'plugin.a.b.view.ask.v1',
    'plugin.Habits.view.ask.v1',
    '',
    'plugin..view.ask.v1',
  ])('and "%s" is none of them', (topic) => {
    expect(findAskable('request', topic)).toBeUndefined();
  });
});
