import { describe, expect, test } from 'vitest';
import { redactFields, redactText } from '../src/logging/redact.ts';
import { printable, printableData } from '../src/printable.ts';

describe('a text of somebody else', () => {
  test('cannot play tricks on a terminal', () => {
    expect(printable('\u001b[2J\u001b]0;title\u0007ok\r\u009b1m')).toBe(
      '\uFFFD[2J\uFFFD]0;title\uFFFDok\uFFFD\uFFFD1m',
    );
  });

  test('keeps its letters, lines and tabs', () => {
    expect(printable('Grüße, 世界 🎲\n\tdone')).toBe('Grüße, 世界 🎲\n\tdone');
  });

  test('is made printable wherever it lies', () => {
    const data = { name: 'a\u001b', list: ['b\u0000', 5, true, undefined], deep: { 'k\u0007': 'c' } };
    expect(printableData(data)).toEqual({
      name: 'a\uFFFD',
      list: ['b\uFFFD', 5, true, undefined],
      deep: { 'k\uFFFD': 'c' },
    });
  });

  test('is made printable in logs [SVC-3]', () => {
    expect([redactText('\u001b[31mred'), redactFields({ 'k\u001b': 'v\u001b' })]).toEqual([
      '\uFFFD[31mred',
      { 'k\uFFFD': 'v\uFFFD' },
    ]);
  });
});
