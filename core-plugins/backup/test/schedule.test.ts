import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AicoError } from '@aico/sdk';
import { expect, test } from 'vitest';
import { Schedule } from '../src/schedule.ts';
import { CALL, smallHouse, writeInto } from './small-house.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2026, 10, 1, 9);

/** A schedule with a clock that goes where it is set. */
async function scheduled() {
  const clock = { now: START };
  const house = await smallHouse(undefined, { now: () => new Date(clock.now) });
  writeInto(house.home, { 'data/storage/chat.db': 'some text' });
  const begin = (onFailure: (error: AicoError) => void = () => {}) =>
    new Schedule({
      ...{ backups: house.backups, isWanted: () => true, isOpen: () => true, now: () => clock.now },
      ...{ signal: () => CALL.signal, onFailure },
    });
  const made = async (): Promise<string[]> => (await house.backups.list()).backups.map(({ createdAt }) => createdAt);
  return { clock, house, begin, made };
}

test('a backup is made when a day is over since the last one, also when that was before this start [DATA-6]', async () => {
  const { clock, begin, made } = await scheduled();
  await begin().look();
  const schedule = begin();
  clock.now += DAY_MS - 1;
  await schedule.look();
  expect(await made()).toHaveLength(1);
  clock.now += 1;
  await schedule.look();
  expect(await made()).toHaveLength(2);
});

test('a clock that was years ahead holds up no backup once it is right again, and brings no more than one a day [DATA-6]', async () => {
  const { clock, house, begin, made } = await scheduled();
  clock.now = Date.UTC(2031, 4, 5);
  await begin().look();
  // What failed then is no reason to wait, either.
  house.between = () => {
    throw new Error('the disk is away');
  };
  const running = begin();
  clock.now += DAY_MS;
  await running.look();
  expect(running.failed).toBeDefined();
  house.between = () => {};
  clock.now = START;
  for (const schedule of [running, begin(), begin()]) {
    expect(schedule.nextAt).toBe(START);
    await schedule.look();
    expect(schedule.nextAt).toBe(START + DAY_MS);
  }
  expect((await made()).filter((at) => at < '2031')).toEqual([new Date(START).toISOString()]);
});

test('after a failure it is tried again in an hour, not before [DATA-6]', async () => {
  const { clock, house, begin, made } = await scheduled();
  const schedule = begin();
  house.between = () => {
    throw new Error('the disk is away');
  };
  await schedule.look();
  expect(schedule.failed?.code).toBe('BACKUP_INTERRUPTED');
  house.between = () => {};
  clock.now += HOUR_MS - 1;
  await schedule.look();
  expect(await made()).toEqual([]);
  clock.now += 1;
  await schedule.look();
  expect([schedule.failed, (await made()).length]).toEqual([undefined, 1]);
});

test('a tidying that failed after a backup is told until it is done, and tried again after 5, 10, 20 … 60 minutes, without another backup [DATA-6]', async () => {
  const { clock, house, begin, made } = await scheduled();
  const told: string[] = [];
  const schedule = begin(({ code }) => told.push(code));
  // Removing what is too old reads what there is; a file that is no backup stops it.
  const stray = join(house.folder, 'backups', 'stray.aico-backup');
  house.between = () => writeFileSync(stray, 'no backup');
  await schedule.look();
  expect([(await made()).length, schedule.failed?.code, schedule.nextAt]).toEqual([
    1,
    'BACKUP_IN_DOUBT',
    START + DAY_MS,
  ]);
  const tries: number[] = [];
  for (let minutes = 1; minutes <= 5 * 60; minutes += 1) {
    clock.now += MINUTE_MS;
    await schedule.look();
    if (told.length > tries.length + 1) tries.push(minutes);
  }
  expect(tries).toEqual([5, 15, 35, 75, 135, 195, 255]);
  rmSync(stray);
  clock.now += HOUR_MS;
  await schedule.look();
  expect([schedule.failed, (await made()).length]).toEqual([undefined, 1]);
  clock.now += HOUR_MS;
  await schedule.look();
  expect(told).toHaveLength(8);
});
