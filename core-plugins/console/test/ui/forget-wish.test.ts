import { expect, test } from 'vitest';
import { periodOf } from '../../ui/src/forget/forget-wish.ts';

test('a period is of whole days here, the last one included, and none when it is turned or not whole [DATA-7]', () => {
  const { from = '', to = '' } = periodOf('2026-11-25', '2026-11-26') ?? {};
  expect(new Date(from)).toEqual(new Date(2026, 10, 25));
  expect(new Date(to)).toEqual(new Date(2026, 10, 27));
  for (const [first, last] of [
    ['2026-11-26', '2026-11-25'],
    ['', '2026-11-26'],
    ['2026-11-26', ''],
  ] as const)
    expect(periodOf(first, last)).toBeUndefined();
});
