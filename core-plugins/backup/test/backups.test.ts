import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CALL, codeOf, contentOf, PASSWORD, smallHouse, temporaryFolder, writeInto } from './small-house.ts';

const FILES = {
  'config.json': '{"log":{"level":"info"}}',
  'vault/secrets.bin': randomBytes(300),
  'data/storage/chat.db': randomBytes(400_000),
  'data/storage/chat.db-seal': randomBytes(100),
  'data/journal/events-0000000001.log': randomBytes(150_000),
  'state/empty.json': '',
};

test('what is restored is what was backed up, byte for byte, and nothing else [DATA-6]', async () => {
  const house = await smallHouse();
  const left = {
    'data/storage/chat.db-wal': 'half',
    'logs/host.log': 'x',
    'vault/throttle.json': '{}',
    'state/a.tmp': '',
  };
  writeInto(house.home, { ...FILES, ...left });
  const made = await house.backups.create(CALL);
  const restored = await house.backups.restore({ id: made.id }, CALL);
  expect(restored).toEqual({ id: made.id, files: made.files, bytes: made.bytes });
  const wanted = contentOf(house.home);
  const all = Object.entries(contentOf(join(house.home, 'incoming', 'files')));
  // What is about the backups themselves is in none, and goes along.
  const files = Object.fromEntries(all.filter(([path]) => !path.startsWith('data/backup/')));
  expect(Object.keys(files).sort()).toEqual([...Object.keys(FILES), 'vault/vault.json'].sort());
  for (const [path, bytes] of Object.entries(files)) expect(bytes, path).toBe(wanted[path]);
  expect(JSON.parse(readFileSync(join(house.home, 'incoming', 'ready.json'), 'utf8'))).toMatchObject({
    backup: made.id,
  });
});

test('a backup is of one moment: what is added, replaced or removed while it is copied is not in it [DATA-6]', async () => {
  const house = await smallHouse();
  writeInto(house.home, FILES);
  const before = contentOf(house.home);
  const journal = join(house.home, 'data/journal/events-0000000001.log');
  house.between = () => {
    writeFileSync(journal, 'more', { flag: 'a' });
    rmSync(join(house.home, 'vault/secrets.bin'));
    renameSync(join(house.home, 'config.json'), join(house.home, 'config.old'));
  };
  const { id } = await house.backups.create(CALL);
  await house.backups.restore({ id }, CALL);
  const files = contentOf(join(house.home, 'incoming', 'files'));
  for (const path of Object.keys(FILES)) expect(files[path], path).toBe(before[path]);
});

test('the second backup adds only what changed, and the same content is kept once [DATA-6]', async () => {
  const house = await smallHouse();
  writeInto(house.home, { ...FILES, 'data/storage/copy/same.bin': FILES['data/storage/chat.db'] });
  const first = await house.backups.create(CALL);
  const database = Buffer.from(FILES['data/storage/chat.db']);
  database[200_000] = (database[200_000] ?? 0) ^ 1;
  writeInto(house.home, { 'data/storage/chat.db': database });
  const second = await house.backups.create(CALL);
  expect(first.newBytes).toBeLessThan(first.bytes + 20_000);
  expect(second.newBytes).toBeGreaterThan(64 * 1024);
  expect(second.newBytes).toBeLessThan(70 * 1024);
  expect((await house.backups.create(CALL)).newBytes).toBe(0);
});

test('what compresses is compressed, and nothing of it can be read in the folder [DATA-6, SEC-1]', async () => {
  const house = await smallHouse();
  writeInto(house.home, {
    'config.json': 'my secret diary '.repeat(20_000),
    'data/plugin-of-mine/secret-name.txt': 'x',
  });
  const { bytes, newBytes } = await house.backups.create(CALL);
  expect(newBytes).toBeLessThan(bytes / 20);
  const all = Object.entries(contentOf(house.folder));
  for (const mark of ['secret diary', 'secret-name', 'plugin-of-mine', 'config.json']) {
    const hex = Buffer.from(mark).toString('hex');
    expect(all.filter(([path, content]) => path.includes(mark) || content.includes(hex))).toEqual([]);
  }
});

test('another machine opens it with the password of that time alone [DATA-6]', async () => {
  const house = await smallHouse();
  writeInto(house.home, FILES);
  const { id } = await house.backups.create(CALL);
  const { backups, home } = await house.neighbour(randomBytes(32).toString('hex'));
  const before = contentOf(home);
  expect(await codeOf(backups.restore({ id }, CALL))).toBe('BACKUP_KEY_WRONG');
  expect(await codeOf(backups.verify(id, CALL))).toBe('BACKUP_KEY_WRONG');
  expect(await codeOf(backups.restore({ id, password: 'wrong' }, CALL))).toBe('VAULT_PASSWORD_WRONG');
  expect(contentOf(home)).toEqual(before);
  const other = await house.neighbour('locked');
  await other.backups.restore({ id, password: PASSWORD }, CALL);
  expect(contentOf(join(other.home, 'incoming', 'files'))['vault/secrets.bin']).toBe(
    FILES['vault/secrets.bin'].toString('hex'),
  );
});

test("prune removes what is too old and what only that needed, and leaves another vault's backups alone [DATA-6]", async () => {
  let day = 0;
  const now = (): Date => new Date(Date.UTC(2026, 0, 1) + day * 86_400_000);
  const mine = await smallHouse(randomBytes(32).toString('hex'), { now });
  expect(await codeOf((await mine.neighbour('locked')).backups.create(CALL))).toBe('VAULT_LOCKED');
  const other = await mine.neighbour(randomBytes(32).toString('hex'));
  writeInto(other.home, FILES);
  const foreign = await other.backups.create(CALL);
  writeInto(mine.home, FILES);
  const made: string[] = [];
  for (day = 0; day < 60; day += 1) {
    writeInto(mine.home, { 'data/storage/chat.db': randomBytes(100_000) });
    made.push((await mine.backups.create(CALL)).id);
  }
  const before = sizeOf(mine.folder);
  const pruned = await mine.backups.prune();
  expect(pruned.removed.length + pruned.kept).toBe(60);
  expect(pruned.kept).toBeLessThanOrEqual(17);
  expect(before - sizeOf(mine.folder)).toBeGreaterThan(pruned.freedBytes * 0.9);
  expect(pruned.freedBytes).toBeGreaterThan(40 * 100_000);
  const left = (await mine.backups.list()).backups.map(({ id }) => id);
  expect(left).toContain(made.at(-1));
  for (const id of left) if (id !== foreign.id) await mine.backups.verify(id, CALL);
  await other.backups.verify(foreign.id, CALL);
});

test('a folder whose disk is away is told, and never begun anew; a new one is [DATA-6]', async () => {
  const house = await smallHouse();
  writeInto(house.home, FILES);
  await house.backups.create(CALL);
  renameSync(house.folder, `${house.folder}-away`);
  expect(await codeOf(house.backups.create(CALL))).toBe('BACKUP_FOLDER_GONE');
  mkdirSync(house.folder);
  expect(await codeOf(house.backups.create(CALL))).toBe('BACKUP_FOLDER_GONE');
  expect(readdirSync(house.folder)).toEqual([]);
  rmSync(house.folder, { recursive: true });
  renameSync(`${house.folder}-away`, house.folder);
  await house.backups.create(CALL);
  expect((await house.backups.list()).backups).toHaveLength(2);
});

test('a folder that is none is told as one, before anything else [DATA-6]', async () => {
  const folder = join(temporaryFolder(), 'letter.txt');
  writeFileSync(folder, 'dear');
  const house = await smallHouse(undefined, { folder });
  writeInto(house.home, FILES);
  expect(await codeOf(house.backups.create(CALL))).toBe('BACKUP_FOLDER_GONE');
  expect(await codeOf(house.backups.list())).toBe('BACKUP_FOLDER_GONE');
});

test('one thing at a time is done, and what is stopped leaves no backup [DATA-6]', async () => {
  const house = await smallHouse();
  writeInto(house.home, FILES);
  const stop = new AbortController();
  house.between = () => stop.abort();
  const running = house.backups.create({ ...CALL, signal: stop.signal });
  expect(await codeOf(house.backups.prune())).toBe('BACKUP_BUSY');
  await expect(running).rejects.toThrow();
  expect((await house.backups.list()).backups).toEqual([]);
  expect(existsSync(join(house.folder, 'packs'))).toBe(true);
  house.between = () => {};
  await house.backups.create(CALL);
});

function sizeOf(folder: string): number {
  return Object.values(contentOf(folder)).reduce((sum, content) => sum + content.length / 2, 0);
}
