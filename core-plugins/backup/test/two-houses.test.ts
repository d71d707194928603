import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FolderClaim } from '../src/folder-claim.ts';
import { Schedule } from '../src/schedule.ts';
import { CALL, codeOf, contentOf, smallHouse, temporaryFolder, writeInto } from './small-house.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Two AICOs of one vault that use one folder: the second is a copy of the first on another machine. */
async function twoHouses({ start = Date.now() - 30 * DAY_MS }: { start?: number } = {}) {
  const clock = { now: start };
  const key = randomBytes(32).toString('hex');
  const folder = temporaryFolder();
  const now = () => new Date(clock.now);
  const one = await smallHouse(key, { folder, now });
  const two = await smallHouse(key, { folder, now });
  writeInto(one.home, { 'data/storage/chat.db': randomBytes(300_000) });
  writeInto(two.home, { 'data/storage/chat.db': randomBytes(300_000) });
  return { one, two, folder, clock, now };
}

function claimsIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.in-use'));
}

test('what an AICO is still backing up is not removed by another one that tidies the same folder [DATA-6]', async () => {
  const { one, two } = await twoHouses();
  await two.backups.create(CALL);
  let tidied: Promise<unknown> = Promise.resolve();
  let pieces = 0;
  // Its pieces lie there, and no backup names them yet.
  const progress = async ({ phase }: { phase: string }) => {
    if (phase !== 'writing' || pieces++ > 0) return;
    tidied = codeOf(two.backups.prune());
    await tidied;
  };
  writeInto(one.home, { 'data/storage/blobs/chat/big.blob': randomBytes(20_000_000) });
  const { id } = await one.backups.create({ ...CALL, progress });
  expect(await tidied).toBe('BACKUP_BUSY');
  expect(await codeOf(one.backups.verify(id, CALL))).toMatchObject({ id });
  expect(await codeOf(two.backups.prune())).toMatchObject({ removed: [] });
  expect(claimsIn(one.folder)).toEqual([]);
});

test('the backups of each AICO are kept by their own count, however often the other one makes some [DATA-6]', async () => {
  const { one, two, clock } = await twoHouses();
  const made: string[] = [];
  for (let day = 0; day < 3; day += 1) {
    made.push((await one.backups.create(CALL)).id);
    clock.now += HOUR_MS;
    await two.backups.create(CALL);
    await two.backups.prune();
    clock.now += DAY_MS - HOUR_MS;
  }
  const { backups } = await one.backups.list();
  expect(backups.filter(({ elsewhere }) => elsewhere !== true).map(({ id }) => id)).toEqual(made.toReversed());
  expect(backups).toHaveLength(6);
  for (const id of made) expect(await codeOf(one.backups.verify(id, CALL))).toMatchObject({ id });
});

test('a backup of another AICO in the same folder does not stand in for the one of today [DATA-6]', async () => {
  const { one, two, clock } = await twoHouses();
  await two.backups.create(CALL);
  clock.now += HOUR_MS;
  const schedule = new Schedule({
    backups: one.backups,
    isWanted: () => true,
    isOpen: () => true,
    now: () => clock.now,
    signal: () => CALL.signal,
    onFailure: () => {},
  });
  await schedule.look();
  expect((await one.backups.list()).backups.filter(({ elsewhere }) => elsewhere !== true)).toHaveLength(1);
  expect(schedule.nextAt).toBe(clock.now + DAY_MS);
});

test('whoever slept in mid-backup, while another AICO took its folder for left, makes none that lacks pieces [DATA-6]', async () => {
  const { one, two, folder } = await twoHouses();
  await two.backups.create(CALL);
  let passed = 0;
  const progress = async ({ phase }: { phase: string }) => {
    if (phase !== 'writing' || passed++ > 0) return;
    const before = new Date(Date.now() - HOUR_MS);
    for (const name of claimsIn(folder)) utimesSync(join(folder, name), before, before);
    await two.backups.prune();
  };
  writeInto(one.home, { 'data/storage/blobs/chat/big.blob': randomBytes(20_000_000) });
  expect(await codeOf(one.backups.create({ ...CALL, progress }))).toBe('BACKUP_INTERRUPTED');
  expect((await one.backups.list()).backups).toHaveLength(1);
  const { id } = await one.backups.create(CALL);
  expect(await codeOf(one.backups.verify(id, CALL))).toMatchObject({ id });
});

test('a claim of the same AICO that a kill left behind, and one of a clock that was ahead, hold up nothing [DATA-6]', async () => {
  const folder = temporaryFolder();
  const [own, other] = ['a'.repeat(16), 'b'.repeat(16)];
  writeFileSync(join(folder, `${own}-0000000000000000.in-use`), '');
  const ahead = join(folder, `${other}-0000000000000000.in-use`);
  writeFileSync(ahead, '');
  expect(await codeOf(FolderClaim.take(folder, own))).toBe('BACKUP_BUSY');
  const inTenYears = new Date(Date.now() + 3_650 * DAY_MS);
  utimesSync(ahead, inTenYears, inTenYears);
  const claim = await FolderClaim.take(folder, own);
  expect(claimsIn(folder)).toHaveLength(1);
  rmSync(join(folder, claimsIn(folder)[0] ?? ''));
  expect(await codeOf(claim.assertHeld())).toBe('BACKUP_INTERRUPTED');
  await claim.release();
});

test('what is restored goes on as the AICO that restored it, and counts the backups before as its own [DATA-6]', async () => {
  const { one, two, folder } = await twoHouses();
  const { id } = await one.backups.create(CALL);
  for (const [house, elsewhere] of [
    [one, undefined],
    [two, true],
  ] as const) {
    await house.backups.restore({ id }, CALL);
    const files = contentOf(join(house.home, 'incoming', 'files'));
    const restored = temporaryFolder();
    for (const [path, hex] of Object.entries(files)) writeInto(restored, { [path]: Buffer.from(hex, 'hex') });
    expect(existsSync(join(restored, 'data/backup/state.json'))).toBe(true);
    const key = randomBytes(32).toString('hex');
    const again = await smallHouse(key, { folder, home: restored });
    expect((await again.backups.list()).backups.map((each) => each.elsewhere)).toEqual([elsewhere]);
  }
  expect(JSON.parse(readFileSync(join(one.home, 'data/backup/state.json'), 'utf8'))).toHaveProperty('origin');
});
