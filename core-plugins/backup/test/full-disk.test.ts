import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { DiskFiles } from '../src/backup-files.ts';
import { backupKeys } from '../src/chunk-seal.ts';
import { CHUNK_BYTES, ChunkStore } from '../src/chunk-store.ts';
import * as durable from '../src/durable-file.ts';
import { CALL, codeOf, contentOf, smallHouse, temporaryFolder, writeInto } from './small-house.ts';

const full = (): Error => Object.assign(new Error('no room'), { code: 'ENOSPC' });

vi.mock('../src/durable-file.ts', { spy: true });

test('on a full disk packs of which nothing is needed go before anything is written anew [DATA-6]', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'packs'));
  const keys = backupKeys(randomBytes(32).toString('hex'));
  const store = await ChunkStore.open(join(folder, 'packs'), new DiskFiles(folder), keys);
  const kept = await store.keep(randomBytes(CHUNK_BYTES));
  for (let more = 0; more < 4; more += 1) await store.keep(randomBytes(CHUNK_BYTES));
  await store.flush();
  const [sparse = ''] = readdirSync(join(folder, 'packs'));
  await store.keep(randomBytes(CHUNK_BYTES));
  await store.flush();
  vi.mocked(durable.writeFileAtomic).mockImplementationOnce(async () => {
    expect(readdirSync(join(folder, 'packs'))).toEqual([sparse]);
    throw full();
  });
  await expect(store.drop(new Set([kept]))).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(readdirSync(join(folder, 'packs'))).toEqual([sparse]);
  expect(await store.read(kept)).toHaveLength(CHUNK_BYTES);
  await store.close();
});

test('a restore that finds no room gives back what it took, and leaves what is in use as it is [DATA-6]', async () => {
  const house = await smallHouse();
  writeInto(house.home, { 'data/storage/chat.db': randomBytes(200_000), 'vault/secrets.bin': randomBytes(40) });
  const { id } = await house.backups.create(CALL);
  const { 'data/backup/state.json': _, ...before } = contentOf(house.home);
  const { openDurably } = await vi.importActual<typeof durable>('../src/durable-file.ts');
  vi.mocked(durable.openDurably).mockImplementation(async (path) => {
    const writer = await openDurably(path);
    const isLast = path.endsWith('secrets.bin');
    return isLast ? { write: () => Promise.reject(full()), close: () => writer.close() } : writer;
  });
  expect(await codeOf(house.backups.restore({ id }, CALL))).toBe('BACKUP_FULL');
  vi.mocked(durable.openDurably).mockRestore();
  expect(existsSync(join(house.home, 'incoming', 'files'))).toBe(false);
  const { 'data/backup/state.json': __, ...after } = contentOf(house.home);
  expect(after).toEqual(before);
  expect(await house.backups.restore({ id }, CALL)).toMatchObject({ id });
});
