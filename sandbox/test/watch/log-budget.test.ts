import { expect, test } from 'vitest';
import { LogBudget } from '../../src/watch/log-budget.ts';

function budget(perMinute: number): LogBudget {
  const made = new LogBudget(0);
  made.setLimit(perMinute, 0);
  return made;
}

const taken = (made: LogBudget, tries: number, now: number): number =>
  Array.from({ length: tries }, () => made.take(now)).filter(Boolean).length;

test("a minute's lines may come at once, and others follow as time goes by [PLG-3]", () => {
  const made = budget(60);
  expect([taken(made, 100, 0), made.isFull]).toEqual([60, true]);
  expect([taken(made, 100, 1_000), taken(made, 100, 11_000)]).toEqual([1, 10]);
  // However long nothing is said: no more than a minute's worth is saved up.
  expect(taken(made, 1_000, 3_600_000)).toBe(60);
});

test("a full log is relieved once, and when a tenth of a minute's lines may be written again [PLG-3]", () => {
  const made = budget(60);
  expect(made.relieve(0)).toBe(false);
  taken(made, 100, 0);
  expect([made.relieve(5_900), made.relieve(6_100), made.relieve(6_200), made.isFull]).toEqual([
    false,
    true,
    false,
    false,
  ]);
});

test('a limit that is raised holds at once, and one that is lowered leaves nothing over [PLG-3]', () => {
  const made = budget(60);
  taken(made, 100, 0);
  made.setLimit(100, 0);
  expect(taken(made, 100, 0)).toBe(40);
  made.setLimit(10, 0);
  expect(taken(made, 100, 60_000)).toBe(10);
});

test('who has no limit writes as much as it likes', () => {
  expect(taken(new LogBudget(0), 100_000, 0)).toBe(100_000);
});
