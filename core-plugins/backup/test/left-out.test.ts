import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAicoError } from '@aico/sdk';
import { expect, test } from 'vitest';
import { lastToHold } from '../src/retention.ts';
import { CALL, contentOf, type SmallHouse, smallHouse, writeInto } from './small-house.ts';

const KEY = randomBytes(32).toString('hex');
const DAY_MS = 86_400_000;
const SCHEDULER = randomBytes(100_000);

async function houseOfTwo(now?: () => Date): Promise<SmallHouse> {
  const house = await smallHouse(KEY, now && { now });
  house.plugins = ['chat', 'scheduler'];
  writeInto(house.home, { 'data/storage/chat.db': randomBytes(100_000), 'data/storage/scheduler.db': SCHEDULER });
  return house;
}

function breakScheduler(house: SmallHouse, code: string): void {
  Object.assign(house, { plugins: ['chat'], leftOut: [{ plugin: 'scheduler', code }] });
}

async function idsIn(house: SmallHouse): Promise<string[]> {
  return (await house.backups.list()).backups.map(({ id }) => id);
}

async function restoredScheduler(house: SmallHouse, id: string): Promise<string | undefined> {
  await house.backups.restore({ id }, CALL);
  return contentOf(join(house.home, 'incoming', 'files'))['data/storage/scheduler.db'];
}

test.for(['STORAGE_DAMAGED', 'STORAGE_KEY_WRONG'])(
  'with a database that does not open (%s), no earlier backup is destroyed, and its plugin is named [DATA-6, DATA-7]',
  async (code) => {
    const house = await houseOfTwo();
    const { id } = await house.backups.create(CALL);
    const packs = readdirSync(join(house.folder, 'packs'));
    const keys = readdirSync(join(house.folder, 'keys'));
    breakScheduler(house, code);
    const error: unknown = await house.backups.shred(CALL).catch((problem: unknown) => problem);
    expect(isAicoError(error) && [error.code, error.message.includes('scheduler')]).toEqual([code, true]);
    expect(await idsIn(house)).toEqual([id]);
    expect(readdirSync(join(house.folder, 'packs'))).toEqual(packs);
    expect(readdirSync(join(house.folder, 'keys'))).toEqual(keys);
    expect(await restoredScheduler(house, id)).toBe(SCHEDULER.toString('hex'));

    // Once it is put back, what waited is done.
    Object.assign(house, { plugins: ['chat', 'scheduler'], leftOut: [] });
    const { made, removed } = await house.backups.shred(CALL);
    expect([removed, await idsIn(house)]).toEqual([[id], [made]]);
  },
);

test('a database that does not open and that no earlier backup holds keeps none of them [DATA-6, DATA-7]', async () => {
  const house = await houseOfTwo();
  breakScheduler(house, 'STORAGE_DAMAGED');
  const { id } = await house.backups.create(CALL);
  const { made, removed } = await house.backups.shred(CALL);
  expect([removed, await idsIn(house)]).toEqual([[id], [made]]);
});

test('while a database is left out, the newest backup that holds it stays however old it is, and goes when it is whole again [DATA-6]', async () => {
  let time = Date.UTC(2026, 0, 1);
  const house = await houseOfTwo(() => new Date(time));
  const older = await house.backups.create(CALL);
  time += 1_000;
  const last = await house.backups.create(CALL);
  breakScheduler(house, 'STORAGE_DAMAGED');
  for (let day = 0; day < 300; day += 15) {
    time += 15 * DAY_MS;
    await house.backups.create(CALL);
  }
  await house.backups.prune();
  const kept = await idsIn(house);
  expect(kept).toContain(last.id);
  expect(kept).not.toContain(older.id);
  expect(await restoredScheduler(house, last.id)).toBe(SCHEDULER.toString('hex'));

  Object.assign(house, { plugins: ['chat', 'scheduler'], leftOut: [] });
  time += DAY_MS;
  await house.backups.create(CALL);
  await house.backups.prune();
  expect(await idsIn(house)).not.toContain(last.id);
});

test('each database that the newest backup left out has its own last holder; what was left out only earlier has none [DATA-6]', () => {
  const backup = (day: number, databases: string[], ...leftOut: string[]) => ({
    id: String(day),
    createdAt: new Date(day * DAY_MS).toISOString(),
    body: { databases, leftOut: leftOut.map((plugin) => ({ plugin })) },
  });
  const all = [
    backup(1, ['chat', 'memory', 'scheduler']),
    backup(2, ['chat', 'memory'], 'scheduler'),
    backup(3, ['scheduler'], 'chat', 'memory'),
    backup(4, ['chat'], 'memory', 'scheduler', 'never-held'),
  ];
  expect([...lastToHold(all, new Date())].sort()).toEqual(['2', '3']);
  expect(lastToHold(all.slice(0, 1), new Date())).toEqual(new Set());
  expect(lastToHold([], new Date())).toEqual(new Set());
});
