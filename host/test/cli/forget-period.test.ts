import { expect, test } from 'vitest';
import { momentOf } from '../../src/cli/commands/forget.ts';

test('a day is meant as it begins here, and one that there is not is refused [DATA-7]', () => {
  expect(momentOf('2028-02-29')).toEqual(new Date(2028, 1, 29));
  expect(momentOf('2026-11-26T18:00')).toEqual(new Date(2026, 10, 26, 18));
  expect(momentOf('2026-11-26T18:00Z').toISOString()).toBe('2026-11-26T18:00:00.000Z');
  for (const text of ['2026-02-31', '2027-02-29', '2026-02-31T10:00', '2026-13-01', 'yesterday', ''])
    expect(() => momentOf(text), text).toThrow(expect.objectContaining({ code: 'PRIVACY_PERIOD_INVALID' }));
});
