import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DiskFiles } from '../src/backup-files.ts';
import { folderError, readingFolder } from '../src/disk-error.ts';
import { Repository } from '../src/repository.ts';
import { CALL, codeOf, smallHouse, temporaryFolder, writeInto } from './small-house.ts';

const PATIENCE_MS = 1_000;
const IS_WINDOWS = process.platform === 'win32';

test('a folder of backups on a share that hangs is told as one that is not there, and asked once [DATA-6]', async (context) => {
  if (IS_WINDOWS) context.skip('Windows has no named pipes in folders');
  const folder = temporaryFolder();
  // To open its mark takes until somebody writes to it, as with a share whose machine went away.
  const mark = join(folder, 'aico-backups.json');
  execFileSync('mkfifo', [mark]);
  mkdirSync(join(folder, 'backups'));
  const files = new DiskFiles(folder, PATIENCE_MS);
  const list = () => new Repository(folder, files).list(new Date());
  await expect(list()).rejects.toMatchObject({
    code: 'BACKUP_FOLDER_GONE',
    details: { problem: 'its disk or share does not answer' },
  });
  const since = performance.now();
  for (let time = 0; time < 10; time += 1) expect(await codeOf(list())).toBe('BACKUP_FOLDER_GONE');
  // Asked again, each would have waited as long.
  expect(performance.now() - since).toBeLessThan(10 * PATIENCE_MS);
  // It comes back.
  const writer = openSync(mark, 'w');
  onTestFinished(() => closeSync(writer));
  await expect.poll(() => codeOf(files.names('backups'))).toEqual([]);
});

test('a share that hangs in mid-work is told, whatever is asked meanwhile, and once it is back all goes on [DATA-6]', async (context) => {
  if (IS_WINDOWS) context.skip('Windows has no named pipes in folders');
  const house = await smallHouse('5a'.repeat(32), { patienceMs: 100 });
  writeInto(house.home, { 'data/storage/chat.db': 'text' });
  const { id } = await house.backups.create(CALL);
  const mark = join(house.folder, 'aico-backups.json');
  const back = Promise.withResolvers<void>();
  let restored: Promise<unknown> | undefined;
  const reached = new Promise<void>((resolve) => {
    const progress = (): Promise<void> => {
      resolve();
      return back.promise;
    };
    restored = codeOf(house.backups.restore({ id }, { ...CALL, progress }));
  });
  await reached;
  expect(await codeOf(house.backups.verify(id, CALL))).toBe('BACKUP_BUSY');
  renameSync(mark, `${mark}-kept`);
  execFileSync('mkfifo', [mark]);
  expect(await codeOf(house.backups.verify(id, CALL))).toBe('BACKUP_FOLDER_GONE');
  expect(await restored).toBe('BACKUP_FOLDER_GONE');
  const writer = openSync(mark, 'w');
  rmSync(mark);
  renameSync(`${mark}-kept`, mark);
  closeSync(writer);
  back.resolve();
  await expect.poll(() => codeOf(house.backups.create(CALL))).toMatchObject({ leftOut: 0 });
  // What was told as failed is not laid ready all the same.
  expect(readdirSync(join(house.home, 'incoming'))).toEqual([]);
});

test('a folder that cannot be read is told so, and not as one that cannot be written [DATA-6]', async () => {
  const folder = temporaryFolder();
  const refused = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));
  for (const [code, told] of [
    ['EACCES', 'BACKUP_UNREADABLE'],
    ['EIO', 'BACKUP_FOLDER_GONE'],
    ['ENOENT', 'BACKUP_FOLDER_GONE'],
  ] as const)
    expect([code, await codeOf(readingFolder(folder, refused(code)))]).toEqual([code, told]);
  expect(folderError(folder, Object.assign(new Error(), { code: 'EACCES' })).code).toBe('BACKUP_UNWRITABLE');
});

test('listing a folder that one may not look into says so [DATA-6]', async (context) => {
  if (IS_WINDOWS || process.getuid?.() === 0) context.skip('root may look everywhere, and Windows has no modes');
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'backups'));
  chmodSync(join(folder, 'backups'), 0o000);
  onTestFinished(() => chmodSync(join(folder, 'backups'), 0o700));
  expect(await codeOf(new Repository(folder).list(new Date()))).toBe('BACKUP_UNREADABLE');
});
