import { expect, test } from 'vitest';
import { TimeOwed } from '../../src/bus/time-owed.ts';

test('what a peer owes is waited in whole milliseconds, once, and no longer than the most [PLG-3]', () => {
  const owed = new TimeOwed();
  owed.add(0.75);
  expect(owed.takePause(100)).toBe(0);
  owed.add(0.75);
  expect([owed.takePause(100), owed.takePause(100)]).toEqual([1, 0]);
  owed.add(250);
  expect([owed.takePause(100), owed.takePause(100)]).toEqual([100, 0]);
});

test('after four broken rules a pause is due, however little they cost, and then counting begins anew [PLG-3]', () => {
  const owed = new TimeOwed();
  for (let broken = 0; broken < 3; broken++) owed.addForViolation(0.001);
  expect(owed.isPauseDue).toBe(false);
  owed.addForViolation(0.001);
  expect(owed.isPauseDue).toBe(true);
  expect([owed.takePause(100), owed.isPauseDue, owed.takePause(100)]).toEqual([10, false, 0]);
});
