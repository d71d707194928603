import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Database } from '../src/database.ts';
import { codeOf, temporaryFolder } from './temporary-database.ts';

const KEY = 'ab'.repeat(32);
const canMount = process.platform === 'linux' && process.getuid?.() === 0 && trial();

test.skipIf(!canMount)(
  'a full disk is said, and loses nothing (needs root to mount a small disk) [DATA-1]',
  async () => {
    const path = join(smallDisk(), 'diary.db');
    const database = await Database.open({ plugin: 'diary', path, key: KEY });
    await database.batch({ statements: [{ sql: 'CREATE TABLE line (text)' }] });
    const insert = { sql: 'INSERT INTO line VALUES (?)', values: ['x'.repeat(8000)] };
    let stored = 0;
    let code: unknown;
    for (; code === undefined; stored += code === undefined ? 1 : 0)
      code = await codeOf(() => database.batch({ statements: [insert] }).then(() => undefined));
    expect(code).toBe('STORAGE_FULL');
    expect(await codeOf(() => database.set('key', 'y'.repeat(100_000)))).toBe('STORAGE_FULL');
    expect(await count(database)).toBe(stored);
    await database.close();

    const again = await Database.open({ plugin: 'diary', path, key: KEY });
    expect(await count(again)).toBe(stored);
    await again.close();
  },
);

test.skipIf(!canMount)('a read-only disk is said (needs root to mount one)', async () => {
  const made = { plugin: 'diary', path: join(temporaryFolder(), 'diary.db'), key: KEY };
  await (await Database.open(made)).close();
  const folder = smallDisk();
  for (const ending of ['', '-seal']) copyFileSync(`${made.path}${ending}`, join(folder, `diary.db${ending}`));
  run('mount', '-o', 'remount,ro', folder);
  for (const plugin of ['diary', 'dice'])
    expect(await codeOf(() => Database.open({ plugin, path: join(folder, `${plugin}.db`), key: KEY }))).toBe(
      'STORAGE_READONLY',
    );
});

test('a folder that cannot be made is said', async () => {
  const path = join(import.meta.filename, 'below-a-file', 'diary.db');
  expect(await codeOf(() => Database.open({ plugin: 'diary', path, key: KEY }))).toBe('STORAGE_READONLY');
});

async function count(database: Database): Promise<unknown> {
  const [answer] = await database.batch({ statements: [{ sql: 'SELECT count(*) FROM line' }], readOnly: true });
  return answer?.rows[0]?.[0];
}

function smallDisk(): string {
  const folder = temporaryFolder();
  run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder);
  onTestFinished(() => run('umount', '-l', folder));
  return folder;
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

function trial(): boolean {
  return spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
}
