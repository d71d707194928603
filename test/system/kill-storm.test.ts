import { expect, test } from 'vitest';
import { KillStorm, VICTIMS } from '../support/kill-storm.ts';
import { sumUp } from '../support/kill-storm-report.ts';

const NOTHING_WRONG = { lost: [], outOfOrder: [], doubled: [] };

test('publisher, consumer, journal and host are killed with -9: what was acknowledged is handled, in order, and repeated only across a kill [BUS-6, SVC-7]', async () => {
  await using storm = await KillStorm.open();
  for (const victim of VICTIMS) await storm.kill(victim, 300 + Math.random() * 500);
  const report = await storm.report();
  expect(report).toMatchObject({ kills: VICTIMS.length, ...NOTHING_WRONG });
  expect(report.acknowledged).toBeGreaterThan(100);
}, 180_000);

test('a restart in peace under traffic loses nothing and repeats nothing [BUS-6, SVC-7]', async () => {
  await using storm = await KillStorm.open();
  for (let round = 0; round < 2; round += 1) await storm.restart(300 + Math.random() * 500);
  const report = await storm.report();
  expect(report).toMatchObject({ kills: 0, repeated: 0, ...NOTHING_WRONG });
  expect(report.acknowledged).toBeGreaterThan(100);
}, 180_000);

test('the judge of the storm finds what is lost, out of order, or doubled without a kill', () => {
  expect(sumUp(['a 1', 'a 2', 'a 3'], ['a 1 100', 'a 3 110', 'a 2 120', 'a 3 500'], [])).toMatchObject({
    lost: [],
    outOfOrder: ['a: 2 after 3'],
    doubled: [3],
  });
  expect(sumUp(['a 1', 'a 2'], ['a 1 100', 'a 1 500'], [{ from: 300, until: 310 }])).toMatchObject({
    lost: [2],
    repeated: 1,
    doubled: [],
  });
});
