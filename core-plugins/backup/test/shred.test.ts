import { randomBytes } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeBackup } from '../src/backup-file.ts';
import { backupKeys } from '../src/chunk-seal.ts';
import {
  CALL,
  codeOf,
  contentOf,
  PASSWORD,
  type SmallHouse,
  smallHouse,
  temporaryFolder,
  writeInto,
} from './small-house.ts';

const KEY = randomBytes(32).toString('hex');
const FILES = {
  'vault/secrets.bin': randomBytes(300),
  'data/storage/chat.db': randomBytes(200_000),
  'data/storage/chat.db-seal': randomBytes(100),
};

async function backedUp(more: { keysApart?: boolean } = {}): Promise<{ house: SmallHouse; id: string }> {
  const house = await smallHouse(KEY);
  Object.assign(house, more);
  writeInto(house.home, FILES);
  return { house, id: (await house.backups.create(CALL)).id };
}

/** What the plugin keeps for itself is another machine's, or gone with the machine. */
async function elsewhere(folder: string): Promise<SmallHouse> {
  return smallHouse('locked', { folder });
}

test('afterwards the new backup opens, those before do not, not even as they lay there, by no password [DATA-6, DATA-7]', async () => {
  const { house, id } = await backedUp();
  await house.backups.create(CALL);
  const copy = temporaryFolder();
  cpSync(house.folder, copy, { recursive: true });
  rmSync(join(copy, 'keys'), { recursive: true });
  writeInto(house.home, { 'data/storage/chat.db': randomBytes(200_000) });
  const shredded = await house.backups.shred(CALL);
  expect(shredded.removed).toHaveLength(2);
  expect((await house.backups.list()).backups.map((backup) => backup.id)).toEqual([shredded.made]);
  await house.backups.verify(shredded.made, CALL);
  expect(await codeOf(house.backups.restore({ id }, CALL))).toBe('BACKUP_UNKNOWN');
  // Only the packs of the new one are left.
  const packs = readdirSync(join(house.folder, 'packs'));
  expect(packs.filter((name) => readdirSync(join(copy, 'packs')).includes(name))).toEqual([]);

  // Somebody kept files of the time before, and puts them back.
  for (const part of ['packs', 'backups']) cpSync(join(copy, part), join(house.folder, part), { recursive: true });
  for (const wish of [{ id }, { id, password: PASSWORD }])
    expect(await codeOf(house.backups.restore(wish, CALL))).toBe('BACKUP_KEY_ABSENT');
  const other = await elsewhere(house.folder);
  expect(await codeOf(other.backups.restore({ id, password: PASSWORD }, CALL))).toBe('BACKUP_KEY_ABSENT');
  await other.backups.restore({ id: shredded.made, password: PASSWORD }, CALL);
  // What no key opens is no obstacle to what follows.
  await house.backups.create(CALL);
  await house.backups.prune();
});

test('a restore that waits for the next start does not bring back what was forgotten meanwhile [DATA-6, DATA-7]', async () => {
  const { house, id } = await backedUp();
  await house.backups.restore({ id }, CALL);
  expect(Object.keys(contentOf(join(house.home, 'incoming')))).toContain('ready.json');
  await house.backups.shred(CALL);
  expect(contentOf(join(house.home, 'incoming'))).toEqual({});
});

test('with the key kept apart, a copy of the whole folder opens with the key file and the password, and not without either [DATA-6, DATA-7]', async () => {
  const { house, id } = await backedUp({ keysApart: true });
  expect(readdirSync(house.folder)).not.toContain('keys');
  const { name, key } = await house.backups.exportKey();
  const file = key.toString('base64');
  const copy = temporaryFolder();
  cpSync(house.folder, copy, { recursive: true });
  const other = await elsewhere(house.folder);
  const open = (wish: object): Promise<unknown> => codeOf(other.backups.restore({ id, ...wish }, CALL));
  expect(await open({ password: PASSWORD })).toBe('BACKUP_KEY_ABSENT');
  expect(await open({ key: file })).toBe('BACKUP_KEY_WRONG');
  expect(await open({ password: PASSWORD, key: randomBytes(60).toString('base64') })).toBe('BACKUP_KEY_WRONG');
  expect(await open({ password: PASSWORD, key: file })).toMatchObject({ id });
  // What was put back goes on with its key.
  expect(Object.keys(contentOf(join(other.home, 'incoming/files')))).toContain(`data/backup/keys/${name}`);

  await house.backups.shred(CALL);
  const old = await smallHouse(KEY, { folder: copy });
  expect(await codeOf(old.backups.restore({ id }, CALL))).toBe('BACKUP_KEY_ABSENT');
  house.keysApart = false;
  await house.backups.create(CALL);
  expect(readdirSync(join(house.folder, 'keys'))).toHaveLength(1);
  house.keysApart = true;
  await house.backups.create(CALL);
  expect(readdirSync(join(house.folder, 'keys')).filter((each) => each.endsWith('.key'))).toEqual([]);
});

test('a lost or damaged copy of the key costs no backup [DATA-6]', async () => {
  const { house, id } = await backedUp();
  const [name = ''] = readdirSync(join(house.folder, 'keys'));
  const among = join(house.folder, 'keys', name);
  writeFileSync(among, randomBytes(40));
  await house.backups.restore({ id }, CALL);
  rmSync(among);
  await house.backups.create(CALL);
  rmSync(join(house.home, 'data/backup/keys'), { recursive: true });
  await house.backups.verify(id, CALL);
});

test('when the new backup cannot be made or tested, those before stay as they are [DATA-6]', async () => {
  const { house, id } = await backedUp();
  const stop = new AbortController();
  house.between = () => stop.abort();
  await expect(house.backups.shred({ ...CALL, signal: stop.signal })).rejects.toThrow();
  await house.backups.verify(id, CALL);
  expect((await house.backups.list()).backups.map((backup) => backup.id)).toEqual([id]);
  expect(readdirSync(join(house.folder, 'keys')).filter((each) => each.endsWith('.key'))).toHaveLength(1);
  house.between = () => {};
  // Without this file the new backup is made, and does not pass its test.
  const packs = readdirSync(join(house.folder, 'packs'));
  const database = readFileSync(join(house.home, 'data/storage/chat.db'));
  rmSync(join(house.home, 'data/storage/chat.db'));
  await expect(house.backups.shred(CALL)).rejects.toThrow();
  expect(readdirSync(join(house.folder, 'packs'))).toEqual(packs);
  await house.backups.verify(id, CALL);
  writeInto(house.home, { 'data/storage/chat.db': database });
  await house.backups.shred(CALL);
});

test('backups of the format before are read on, and go with the others; those of another vault stay [DATA-6, DATA-7]', async () => {
  const { house } = await backedUp();
  const other = await house.neighbour(randomBytes(32).toString('hex'));
  writeInto(other.home, FILES);
  const foreign = await other.backups.create(CALL);
  const id = '20200101T000000Z-00000000';
  const info = { ...foreign, id, createdAt: '2020-01-01T00:00:00.000Z' };
  const bytes = encodeBackup(backupKeys(KEY), { info, vault: '{}' }, { files: [], databases: [], leftOut: [] });
  writeFileSync(join(house.folder, 'backups', `${id}.aico-backup`), bytes);
  expect(await house.backups.restore({ id }, CALL)).toMatchObject({ id, files: 0 });
  const { made, removed } = await house.backups.shred(CALL);
  expect(removed).toContain(id);
  expect((await house.backups.list()).backups.map((backup) => backup.id).sort()).toEqual([foreign.id, made].sort());
  await other.backups.verify(foreign.id, CALL);
  expect(readFileSync(join(house.folder, 'aico-backups.json'), 'utf8')).toContain('"format":1');
});
