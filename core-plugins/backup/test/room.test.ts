import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DiskFiles, type ReadableFile } from '../src/backup-files.ts';
import { backupKeys } from '../src/chunk-seal.ts';
import { CHUNK_BYTES, ChunkStore } from '../src/chunk-store.ts';
import { CALL, codeOf, contentOf, smallHouse, temporaryFolder, writeInto } from './small-house.ts';

const ALONE = async (): Promise<void> => {};

const canMount = process.platform === 'linux' && process.getuid?.() === 0 && trial();

/** Sees which packs there are whenever one of them is opened, as it is before what is needed of it is written anew. */
class WatchedFiles extends DiskFiles {
  readonly packs: string;
  readonly seen: string[][] = [];

  constructor(folder: string) {
    super(folder);
    this.packs = join(folder, 'packs');
    mkdirSync(this.packs);
  }

  override open(path: string): Promise<ReadableFile> {
    this.seen.push(readdirSync(this.packs));
    return super.open(path);
  }
}

test('packs of which nothing is needed go before anything is written anew, for the disk may be full [DATA-6]', async () => {
  const files = new WatchedFiles(temporaryFolder());
  const keys = backupKeys(randomBytes(32).toString('hex'));
  const store = await ChunkStore.open(files.packs, files, keys);
  const kept = await store.keep(randomBytes(CHUNK_BYTES));
  for (let more = 0; more < 4; more += 1) await store.keep(randomBytes(CHUNK_BYTES));
  await store.flush();
  const sparse = readdirSync(files.packs);
  await store.keep(randomBytes(CHUNK_BYTES));
  await store.flush();
  expect(readdirSync(files.packs)).toHaveLength(2);
  files.seen.length = 0;
  await store.drop(new Set([kept]), ALONE);
  expect(files.seen[0]).toEqual(sparse);
  expect(readdirSync(files.packs)).toHaveLength(1);
  await store.close();
  const reopened = await ChunkStore.open(files.packs, files, keys);
  expect(await reopened.read(kept)).toHaveLength(CHUNK_BYTES);
  await reopened.close();
});

test('a restore that fails gives back what it took, and leaves what is in use as it is [DATA-6]', async () => {
  const house = await smallHouse();
  writeInto(house.home, { 'data/storage/chat.db': randomBytes(200_000), 'vault/secrets.bin': randomBytes(40) });
  const { id } = await house.backups.create(CALL);
  const { 'data/backup/state.json': _, ...before } = contentOf(house.home);
  const taken: boolean[] = [];
  const progress = async (): Promise<void> => {
    taken.push(existsSync(join(house.home, 'incoming', 'files')));
    throw new Error('nobody listens any more');
  };
  await expect(house.backups.restore({ id }, { ...CALL, progress })).rejects.toThrow('nobody listens');
  expect(taken).toEqual([true]);
  expect(existsSync(join(house.home, 'incoming', 'files'))).toBe(false);
  const { 'data/backup/state.json': __, ...after } = contentOf(house.home);
  expect(after).toEqual(before);
  expect(await house.backups.restore({ id }, CALL)).toMatchObject({ id });
});

test.skipIf(!canMount)(
  'a test or restore for which there is no room beside the data says that, not that the folder of backups is full [DATA-6]',
  async () => {
    const house = await smallHouse();
    writeInto(house.home, { 'data/storage/chat.db': randomBytes(400_000) });
    const { id } = await house.backups.create(CALL);
    for (const name of ['scratch', 'incoming']) mountSmall(join(house.home, name));
    for (const work of [() => house.backups.verify(id, CALL), () => house.backups.restore({ id }, CALL)])
      expect(await codeOf(work())).toBe('BACKUP_NO_ROOM');
    expect(readdirSync(join(house.home, 'scratch'))).toEqual([]);
    expect(readdirSync(join(house.home, 'incoming'))).toEqual([]);
  },
);

/** A disk of 128 KiB on a folder. */
function mountSmall(folder: string): void {
  mkdirSync(folder, { recursive: true });
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', folder]);
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
}

/** Whether one may be mounted here. */
function trial(): boolean {
  return spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
}
