import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DiskFiles } from '../src/backup-files.ts';
import { backupKeys } from '../src/chunk-seal.ts';
import { CHUNK_BYTES, ChunkStore } from '../src/chunk-store.ts';
import { temporaryFolder } from './small-house.ts';

const ALONE = async (): Promise<void> => {};

const KEYS = backupKeys(randomBytes(32).toString('hex'));
const PIECE = randomBytes(CHUNK_BYTES);

async function within<Result>(folder: string, work: (store: ChunkStore) => Promise<Result>): Promise<Result> {
  const store = await ChunkStore.open(join(folder, 'packs'), new DiskFiles(folder), KEYS);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Writes a pack with the piece first and others behind it. */
function packOf(folder: string, others: number): Promise<{ piece: string; beside: string[] }> {
  return within(folder, async (store) => {
    const piece = await store.keep(PIECE, { anew: () => true });
    const beside: string[] = [];
    for (let at = 0; at < others; at++) beside.push(await store.keep(randomBytes(CHUNK_BYTES)));
    await store.flush();
    return { piece, beside };
  });
}

/** Flips a byte of the piece that lies first in a pack. */
function rot(folder: string, pack: string): void {
  const path = join(folder, 'packs', pack);
  const bytes = readFileSync(path);
  bytes[5_000] = (bytes[5_000] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

function packsIn(folder: string): string[] {
  return readdirSync(join(folder, 'packs'));
}

function newFolder(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'packs'));
  return folder;
}

test('a mended piece outlasts the pack it lies in, when the copy that stays is the damaged one [DATA-6]', async () => {
  const folder = newFolder();
  const { piece, beside } = await packOf(folder, 9);
  const [damaged = ''] = packsIn(folder);
  rot(folder, damaged);
  await packOf(folder, 9);
  const [mended = ''] = packsIn(folder).filter((name) => name !== damaged);
  await within(folder, (store) => store.drop(new Set([piece, ...beside]), ALONE));
  expect(packsIn(folder)).toContain(damaged);
  expect(packsIn(folder)).not.toContain(mended);
  await within(folder, async (store) => {
    expect(await store.read(piece)).toEqual(PIECE);
    for (const name of beside) expect(typeof (await store.read(name))).toBe('object');
  });
});

test('a piece that lies twice is not written a third time while the copy that stays is whole [DATA-6]', async () => {
  const folder = newFolder();
  const { piece, beside } = await packOf(folder, 9);
  const [first = ''] = packsIn(folder);
  await packOf(folder, 9);
  await within(folder, (store) => store.drop(new Set([piece, ...beside]), ALONE));
  expect(packsIn(folder)).toEqual([first]);
  expect(await within(folder, (store) => store.read(piece))).toEqual(PIECE);
});

test('no pack with a copy goes while none of them can be read: a disk may yet give one back [DATA-6]', async () => {
  const folder = newFolder();
  const { piece, beside } = await packOf(folder, 9);
  await packOf(folder, 9);
  const both = packsIn(folder);
  for (const pack of both) rot(folder, pack);
  await within(folder, (store) => store.drop(new Set([piece, ...beside]), ALONE));
  expect(packsIn(folder)).toEqual(both);
});
