import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeBackup } from '../src/backup-file.ts';
import { backupKeys, openBytes, sealBytes } from '../src/chunk-seal.ts';
import { EpochKeys } from '../src/epoch-keys.ts';
import { commonLength } from '../src/pack-file.ts';
import { CALL, codeOf, contentOf, type SmallHouse, smallHouse, unpacked, writeInto } from './small-house.ts';

const KEY = randomBytes(32).toString('hex');
const PIECE = 65_536;
const BLOB = `data/storage/blobs/chat/${'a'.repeat(64)}.blob`;

async function packedHouse(): Promise<SmallHouse> {
  const house = await smallHouse(KEY);
  house.packs = true;
  writeInto(house.home, {
    'data/storage/chat.db': randomBytes(5 * PIECE + 100),
    'data/storage/chat.db-seal': randomBytes(100),
    [BLOB]: randomBytes(200_000),
  });
  return house;
}

/** Flips a byte of a file in the home. */
function change(house: SmallHouse, path: string, at: number): void {
  const bytes = readFileSync(join(house.home, path));
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(join(house.home, path), bytes);
}

async function restored(house: SmallHouse, id: string): Promise<{ database: Buffer; blob: string | undefined }> {
  await house.backups.restore({ id }, CALL);
  const files = contentOf(join(house.home, 'incoming', 'files'));
  expect(files['data/storage/chat.db']).toBeUndefined();
  return { database: unpacked(Buffer.from(files['data/storage/chat.db-packed'] ?? '', 'hex')), blob: files[BLOB] };
}

/** Writes a backup anew as the format before had it: without marks, and with 2 in its head. */
async function inFormBefore(house: SmallHouse, id: string): Promise<void> {
  const path = join(house.folder, 'backups', `${id}.aico-backup`);
  const bytes = readFileSync(path);
  const epochs = await EpochKeys.open(KEY, { folders: [house.folder, join(house.folder, 'keys')], apart: false });
  const keys = epochs.of(epochs.current);
  if (keys === undefined) throw new Error('there is no key');
  const { files, ...rest } = decodeBackup(id, bytes).open(keys);
  const body = { files: files.map(({ marks: _, ...file }) => file), ...rest };
  const opening = bytes.subarray(0, 13 + bytes.readUInt32BE(9));
  opening[8] = 2;
  const all = Buffer.concat([opening, sealBytes(keys, Buffer.from(JSON.stringify(body)), opening)]);
  writeFileSync(path, Buffer.concat([all, createHash('sha256').update(all).digest()]));
  epochs.forget();
}

test('only pieces that changed are asked for, and every backup gives the whole database back [DATA-6]', async () => {
  const house = await packedHouse();
  const before = readFileSync(join(house.home, 'data/storage/chat.db'));
  const first = await house.backups.create(CALL);
  expect(house.readPieces.splice(0)).toEqual([0, 1, 2, 3, 4, 5]);
  change(house, 'data/storage/chat.db', 2 * PIECE + 7);
  change(house, 'data/storage/chat.db', 5 * PIECE + 1);
  const second = await house.backups.create(CALL);
  expect(house.readPieces.splice(0)).toEqual([2, 5]);
  expect(second.newBytes).toBeLessThan(80_000);
  expect((await house.backups.create(CALL)).newBytes).toBe(0);
  expect(house.readPieces).toEqual([]);
  expect(await house.backups.verify(first.id, CALL)).toMatchObject({ databases: 1 });
  expect((await restored(house, first.id)).database).toEqual(before);
  expect((await restored(house, second.id)).database).toEqual(readFileSync(join(house.home, 'data/storage/chat.db')));
});

test('a file that the backup before holds is not read: what the disk did to it since is in no backup [DATA-6]', async () => {
  const house = await packedHouse();
  const blob = readFileSync(join(house.home, BLOB)).toString('hex');
  await house.backups.create(CALL);
  change(house, BLOB, 150_000);
  const second = await house.backups.create(CALL);
  expect(second.newBytes).toBe(0);
  expect((await restored(house, second.id)).blob).toBe(blob);
  // Another head is another file: encrypted anew under the same name.
  change(house, BLOB, 20);
  const third = await house.backups.create(CALL);
  expect(third.newBytes).toBeGreaterThan(PIECE);
  expect((await restored(house, third.id)).blob).toBe(readFileSync(join(house.home, BLOB)).toString('hex'));
});

test('what is missing or was found damaged in the folder is read again, although nothing changed [DATA-6]', async () => {
  const house = await packedHouse();
  const { id } = await house.backups.create(CALL);
  const packs = join(house.folder, 'packs');
  const pack = join(packs, readdirSync(packs)[0] ?? '');
  const bytes = readFileSync(pack);
  for (const at of [70_000, 400_000]) bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(pack, bytes);
  expect(await codeOf(house.backups.verify(id, CALL))).toBe('BACKUP_DAMAGED');
  house.readPieces.splice(0);
  const next = await house.backups.create(CALL);
  expect(next.newBytes).toBeGreaterThan(PIECE);
  await house.backups.verify(next.id, CALL);
  await house.backups.verify(id, CALL);
});

test('backups of the form before are listed, tested and restored beside new ones [DATA-6]', async () => {
  const house = await packedHouse();
  house.packs = false;
  const database = readFileSync(join(house.home, 'data/storage/chat.db'));
  const old = await house.backups.create(CALL);
  await inFormBefore(house, old.id);
  await house.backups.verify(old.id, CALL);
  house.packs = true;
  const next = await house.backups.create(CALL);
  expect((await house.backups.list()).backups.map(({ id }) => id)).toEqual(expect.arrayContaining([old.id, next.id]));
  await house.backups.restore({ id: old.id }, CALL);
  const files = join(house.home, 'incoming/files/data/storage');
  expect(readFileSync(join(files, 'chat.db'))).toEqual(database);
  expect(existsSync(join(files, 'chat.db-packed'))).toBe(false);
  expect((await restored(house, next.id)).database).toEqual(database);
  expect((await house.backups.prune()).kept).toBeGreaterThan(0);
  await house.backups.verify(next.id, CALL);
});

test('what swells up beyond its bound is no content [DATA-6]', () => {
  const keys = backupKeys('ab'.repeat(32));
  const sealed = sealBytes(keys, Buffer.alloc(64 * 1024 * 1024), Buffer.of(1));
  expect(sealed.length).toBeLessThan(10_000);
  expect(openBytes(keys, sealed, Buffer.of(1), PIECE)).toBeUndefined();
});

test('packs have lengths that many contents share, and are little longer for it [SEC-1]', () => {
  const lengths = Array.from({ length: 4_000 }, (_, at) => 9 + at * 37);
  for (const length of lengths) {
    const common = commonLength(length);
    expect(common).toBeGreaterThanOrEqual(length);
    expect(common).toBeLessThanOrEqual(length * 1.12 + 1);
    expect(commonLength(common)).toBe(common);
  }
  expect(new Set(lengths.map(commonLength)).size).toBeLessThan(220);
});
