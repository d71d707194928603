import { closeSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AicoError, type Manifest } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, onTestFinished, test } from 'vitest';
import { BlobStore } from '../src/blobs/blob-store.ts';
import { Databases } from '../src/databases.ts';
import { serveStorage } from '../src/serve-storage.ts';
import { WeeklyCheck } from '../src/weekly-check.ts';
import { keep, noise } from './blobs/temporary-blobs.ts';
import { temporaryFolder } from './temporary-database.ts';

const DAY_MS = 86_400_000;
const ROWS = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 300000) ';
const FILL = { statements: [{ sql: `INSERT INTO line SELECT hex(randomblob(40)) FROM (${ROWS} SELECT x FROM c)` }] };

async function stage() {
  const folder = temporaryFolder();
  const state = { now: Date.UTC(2026, 0, 1), locked: false, damaged: [] as unknown[] };
  const keyOf = async (plugin: string) => {
    if (state.locked) throw new AicoError('STORAGE_LOCKED', { subject: plugin });
    return Buffer.from(plugin.padEnd(32, '.')).toString('hex');
  };
  const databases = new Databases({ folder, keyOf, now: () => 0, onFailure: () => {} });
  onTestFinished(async () => {
    await databases.closeAll();
  });
  const blobs = new BlobStore({ folder, keyOf, now: () => 0 });
  onTestFinished(() => blobs.close());
  const open = () =>
    new WeeklyCheck({
      databases,
      blobs,
      wallClock: () => state.now,
      onDamage: (plugin, error) => state.damaged.push([plugin, (error as AicoError).code]),
    });
  for (const plugin of ['chat', 'diary'])
    await databases.use(plugin, (own) => own.batch({ statements: [{ sql: 'CREATE TABLE line (text)' }] }));
  return { folder, databases, blobs, state, open };
}

test('each database is looked through once a week, also over restarts and when the clock jumps back [DATA-1]', async () => {
  const { state, open } = await stage();
  expect(await open().run()).toEqual(['chat', 'diary']);
  state.now += 6 * DAY_MS;
  const weekly = open();
  expect(await weekly.run()).toEqual([]);
  state.now += 2 * DAY_MS;
  expect(await weekly.run()).toEqual(['chat', 'diary']);
  state.now -= 3_000 * DAY_MS;
  expect(await weekly.run()).toEqual(['chat', 'diary']);
  expect(state.damaged).toEqual([]);
});

test('a bit that flipped on the disk under an open database is found and told, and the others are looked at all the same [DATA-2]', async () => {
  const { folder, databases, state, open } = await stage();
  await databases.use('chat', (own) => own.batch(FILL));
  await databases.use('chat', (own) => own.checkpoint());
  const file = join(folder, 'chat.db');
  const middle = Math.floor(readFileSync(file).length / 2);
  writeSync(openSync(file, 'r+'), Buffer.of((readFileSync(file)[middle] ?? 0) ^ 1), 0, 1, middle);
  expect(await open().run()).toEqual(['diary']);
  expect(state.damaged).toEqual([['chat', 'STORAGE_DAMAGED']]);
});

test('the check reads files from end to end, tells each that is not whole, and looks at all the others [DATA-2]', async () => {
  const { folder, blobs, state, open } = await stage();
  const owner = { plugin: 'diary', incarnation: '1' };
  const ids = await Promise.all([noise(300_000), noise(10), noise(70_000)].map((each) => keep(blobs, each, owner)));
  for (const id of ids.slice(0, 2)) {
    const file = join(folder, 'blobs/diary', `${id}.blob`);
    const last = readFileSync(file).length - 20;
    writeSync(openSync(file, 'r+'), Buffer.of((readFileSync(file)[last] ?? 0) ^ 1), 0, 1, last);
  }
  expect(await open().run()).toEqual(['chat', 'diary']);
  expect(state.damaged).toEqual([
    ['diary', 'BLOB_DAMAGED'],
    ['diary', 'BLOB_DAMAGED'],
  ]);
  state.locked = true;
  await blobs.close();
  state.now += 8 * DAY_MS;
  expect(await open().run()).toEqual([]);
});

test('the check gives way to locking at once, and is due again [SEC-1]', async () => {
  const { databases, state, open } = await stage();
  await databases.use('chat', (own) => own.batch(FILL));
  const weekly = open();
  const running = weekly.run();
  await databases.read('chat', (own) => own.checkedAt());
  state.locked = true;
  await databases.closeAll();
  expect(await running).toEqual([]);
  state.locked = false;
  expect(await weekly.run()).toEqual(['chat', 'diary']);
  expect(state.damaged).toEqual([]);
});

/** The plugin on a kernel, with a peer that keeps lines in its database; its checks come when the test says so. */
async function loadStorage(folder: string) {
  const kernel = await createTestKernel();
  onTestFinished(() => kernel.close());
  const keys = await kernel.peer({ id: 'keys', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  await keys.bus.serve('vault.key.derive.v1', ({ data }) => ({
    key: Buffer.from((data.plugin ?? '').padEnd(32, '.')).toString('hex'),
  }));
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../plugin.json'), 'utf8')) as Manifest;
  const checks: (() => void | Promise<void>)[] = [];
  await kernel.load({
    manifest,
    dataFolder: folder,
    definition: {
      activate: (ctx) => {
        const setTimer: typeof ctx.setTimer = (milliseconds, handler) => {
          if (milliseconds < 600_000) return ctx.setTimer(milliseconds, handler);
          checks.push(handler);
          return async () => {};
        };
        return serveStorage({ ...ctx, setTimer }, folder);
      },
    },
  });
  const permissions = ['storage.sql.batch.v1', 'kernel.trail.read.v1', 'kernel.status.get.v1'].map(
    (topic) => ({ verb: 'request', topic }) as const,
  );
  const chat = await kernel.peer({ id: 'chat', permissions });
  return {
    kernel,
    chat,
    check: async () => checks.shift()?.(),
    noted: async () =>
      (await chat.bus.request('kernel.trail.read.v1', {})).entries.filter(({ kind }) => kind === 'storage.damaged'),
    notices: async () => (await chat.bus.request('kernel.status.get.v1', {})).notices,
  };
}

function damage(path: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(64, 1), 0, 64, Math.floor(readFileSync(file).length / 2));
  closeSync(file);
}

const NOTED = { source: 'storage', plugin: 'chat', details: { code: 'STORAGE_DAMAGED' } };
const TOLD = {
  code: 'STORAGE_DAMAGED',
  subject: 'chat',
  message: expect.stringMatching(/^The database of chat is damaged: /),
};

test('damage that the weekly check finds is told to the user and in the audit, once, with the plugin whose it is [DATA-2, SEC-9]', async () => {
  const folder = temporaryFolder();
  const { chat, check, noted, notices } = await loadStorage(folder);
  await chat.storage.batch([{ sql: 'CREATE TABLE line (text)' }, ...FILL.statements]);
  damage(join(folder, 'chat.db'));
  for (let round = 0; round < 2; round += 1) await check();
  await expect.poll(noted).toMatchObject([NOTED]);
  await expect.poll(notices).toMatchObject([TOLD]);
});

test('damage that is found when a database is opened is told to the user and in the audit as well [DATA-2, SEC-9]', async () => {
  const folder = temporaryFolder();
  const before = await loadStorage(folder);
  await before.chat.storage.batch([{ sql: 'CREATE TABLE line (text)' }, ...FILL.statements]);
  await before.kernel.close();
  damage(join(folder, 'chat.db'));
  const { chat, noted, notices } = await loadStorage(folder);
  await expect(chat.storage.query('SELECT count(*) FROM line')).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' });
  await expect.poll(noted).toMatchObject([NOTED]);
  await expect.poll(notices).toMatchObject([TOLD]);
});

test('a database that lies in the place of another is told to the user and in the audit as well [DATA-2, SEC-9]', async () => {
  const folder = temporaryFolder();
  const before = await loadStorage(folder);
  await before.chat.storage.batch([{ sql: 'CREATE TABLE line (text)' }, ...FILL.statements]);
  await before.kernel.close();
  for (const end of ['db', 'db-seal']) renameSync(join(folder, `chat.${end}`), join(folder, `other.${end}`));
  const permissions = [{ verb: 'request', topic: 'storage.sql.batch.v1' }] as const;
  const { kernel, noted, notices } = await loadStorage(folder);
  const other = await kernel.peer({ id: 'other', permissions });
  await expect(other.storage.query('SELECT count(*) FROM line')).rejects.toMatchObject({ code: 'STORAGE_KEY_WRONG' });
  await expect.poll(noted).toMatchObject([{ plugin: 'other', details: { code: 'STORAGE_KEY_WRONG' } }]);
  await expect.poll(notices).toMatchObject([{ code: 'STORAGE_KEY_WRONG', subject: 'other' }]);
});
