import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backupsToKeep, type Dated, lastToHold } from '../src/retention.ts';
import { CALL, smallHouse, writeInto } from './small-house.ts';

const DAY_MS = 86_400_000;
/** When all of them are made. */
const LATER = new Date(Date.UTC(2030, 0, 1));

function dated(times: readonly number[]): Dated[] {
  return times.map((time, index) => ({ id: String(index), createdAt: new Date(time).toISOString() }));
}

test('a backup a day for a year leaves 7 daily, 4 weekly and 6 monthly ones [DATA-6]', () => {
  const start = Date.UTC(2026, 0, 1, 3);
  const year = dated(Array.from({ length: 365 }, (_, day) => start + day * DAY_MS));
  const kept = [...backupsToKeep(year, LATER)].map((id) => year[Number(id)]?.createdAt.slice(0, 10)).sort();
  expect(kept).toEqual([
    '2026-07-31',
    '2026-08-31',
    '2026-09-30',
    '2026-10-31',
    '2026-11-30',
    '2026-12-13',
    '2026-12-20',
    '2026-12-25',
    '2026-12-26',
    '2026-12-27',
    '2026-12-28',
    '2026-12-29',
    '2026-12-30',
    '2026-12-31',
  ]);
});

test('whatever the times, the newest stays, no more than 17 stay, and what stays once the rest is gone stays again [DATA-6]', () => {
  const times = fc.array(fc.integer({ min: 0, max: 4 * 365 * DAY_MS }), { maxLength: 200 });
  fc.assert(
    fc.property(times, (offsets) => {
      const all = dated(offsets.map((offset) => Date.UTC(2024, 0, 1) + offset));
      const kept = backupsToKeep(all, LATER);
      const newest = all.reduce<Dated | undefined>(
        (latest, each) => (latest === undefined || each.createdAt > latest.createdAt ? each : latest),
        undefined,
      );
      if (newest !== undefined) expect([...kept].map((id) => all[Number(id)]?.createdAt)).toContain(newest.createdAt);
      expect(kept.size).toBeLessThanOrEqual(17);
      expect(
        backupsToKeep(
          all.filter(({ id }) => kept.has(id)),
          LATER,
        ),
      ).toEqual(kept);
    }),
  );
});

test('every day of the last week that has a backup keeps its newest [DATA-6]', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 7 * DAY_MS - 1 }), { minLength: 1, maxLength: 60 }), (offsets) => {
      const all = dated(offsets.map((offset) => Date.UTC(2026, 4, 4) + offset));
      const kept = backupsToKeep(all, LATER);
      const days = new Map<string, string>();
      for (const { createdAt } of all) {
        const day = createdAt.slice(0, 10);
        if (createdAt > (days.get(day) ?? '')) days.set(day, createdAt);
      }
      const keptTimes = new Set([...kept].map((id) => all[Number(id)]?.createdAt));
      for (const newest of days.values()) expect(keptTimes).toContain(newest);
    }),
  );
});

test('backups from a time when the clock was years ahead take no place of those made since [DATA-6]', () => {
  const daily = (start: number, days: number): number[] =>
    Array.from({ length: days }, (_, day) => start + day * DAY_MS);
  const made = dated([...daily(Date.UTC(2031, 4, 5), 10), ...daily(Date.UTC(2026, 10, 1), 20)]);
  const kept = backupsToKeep(made, new Date(Date.UTC(2026, 10, 20, 12)));
  const days = [...kept].map((id) => made[Number(id)]?.createdAt.slice(0, 10) ?? '');
  expect(days.filter((day) => day >= '2026-11-14' && day < '2027')).toHaveLength(7);
  expect(days).toContain('2031-05-14');
});

test('a backup of a clock that was ahead is the newest of none but its like, until its time has come [DATA-6]', async () => {
  const clock = { now: Date.UTC(2031, 0, 1) };
  const house = await smallHouse(undefined, { now: () => new Date(clock.now) });
  writeInto(house.home, { 'data/storage/chat.db': 'as it was' });
  const ahead = (await house.backups.create(CALL)).id;
  const listed = async () => {
    const { backups, ahead: count } = await house.backups.list();
    return [backups.map(({ id }) => id), count];
  };
  clock.now = Date.UTC(2026, 10, 1);
  expect(await listed()).toEqual([[ahead], 1]);
  const first = (await house.backups.create(CALL)).id;
  clock.now += DAY_MS;
  const second = (await house.backups.create(CALL)).id;
  expect(await listed()).toEqual([[second, first, ahead], 1]);
  await house.backups.prune();
  expect(await listed()).toEqual([[second, first, ahead], 1]);
  clock.now = Date.UTC(2031, 0, 2);
  expect(await listed()).toEqual([[ahead, second, first], 0]);
});

test('what the newest backup had to leave out is kept also while one of a clock that was ahead says otherwise [DATA-6]', () => {
  const of = (createdAt: string, databases: string[], ...leftOut: string[]) => ({
    id: createdAt,
    createdAt,
    body: { databases, leftOut: leftOut.map((plugin) => ({ plugin })) },
  });
  const held = of('2026-10-01T00:00:00Z', ['chat']);
  const lacking = of('2026-10-02T00:00:00Z', [], 'chat');
  const ahead = of('2031-01-01T00:00:00Z', ['chat']);
  expect(lastToHold([ahead, held, lacking], new Date(Date.UTC(2026, 9, 3)))).toEqual(new Set([held.id]));
});
