import fc from 'fast-check';
import { expect, test } from 'vitest';
import { historyOf } from '../src/history.ts';
import { createStamp } from '../src/stamp.ts';
import { titleFrom } from '../src/title.ts';

test('makes one line of at most sixty characters of anything', () => {
  expect(titleFrom('  Hello\n\tthere ')).toBe('Hello there');
  expect(titleFrom(' \n ')).toBe('New conversation');
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

test('shows a model the latest that fits, whatever its length', () => {
  const message = (text: string) =>
    ({ id: '', conversation: '', role: 'user', status: 'complete', text, createdAt: '' }) as const;
  const long = 'x'.repeat(20_000);
  expect(historyOf([message('now'), message(long), message(long)]).map(({ text }) => text.length)).toEqual([20_000, 3]);
  expect(historyOf([message('x'.repeat(90_000)), message('before')])).toHaveLength(1);
});
