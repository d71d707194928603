import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStamp } from '../src/stamp.ts';
import { titleFrom } from '../src/title.ts';

test('makes one line of at most sixty characters of anything', () => {
  expect(titleFrom('  Hello\n\tthere ')).toBe('Hello there');
  expect(titleFrom(' \n ')).toBe('New conversation');
  expect(titleFrom('# My **cat** and `my_var`, 2 * 3')).toBe('My cat and my_var, 2 * 3');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      const title = titleFrom(text);
      expect([...title].length).toBeLessThanOrEqual(61);
      expect(title).toMatch(/^\P{Cc}+$/u);
    }),
  );
});

test('tells times that only ever grow, even when the clock stands or steps back', () => {
  const times = [5, 5, 3, 9];
  const stamp = createStamp(() => times.shift() ?? 0);
  expect([stamp(), stamp(), stamp(), stamp()].map(Date.parse)).toEqual([5, 6, 7, 9]);
});
