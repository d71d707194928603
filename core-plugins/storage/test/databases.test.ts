import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AicoError } from '@aico/sdk';
import { expect, onTestFinished, test } from 'vitest';
import { Databases } from '../src/databases.ts';
import { codeOf, temporaryFolder } from './temporary-database.ts';

function openDatabases(patienceMs?: number) {
  const folder = temporaryFolder();
  const failures: string[] = [];
  const state = { locked: false, now: 0, keys: 0, keyMs: 0 };
  const databases = new Databases({
    folder,
    keyOf: async (plugin) => {
      state.keys += 1;
      await setTimeout(state.keyMs);
      if (state.locked) throw new AicoError('STORAGE_LOCKED', { subject: plugin });
      return Buffer.from(plugin.padEnd(32, '.')).toString('hex');
    },
    now: () => state.now,
    onFailure: (plugin, { code }) => failures.push(`${plugin}: ${code}`),
    ...(patienceMs !== undefined && { patienceMs }),
  });
  onTestFinished(async () => {
    await databases.closeAll();
  });
  return { databases, folder, state, failures };
}

test('gives each plugin a database of its own [SEC-4] [DATA-1]', async () => {
  const { databases, folder } = openDatabases();
  await databases.use('diary', (own) => own.set('secret', 'mine'));
  expect(await databases.use('dice', (own) => own.get('secret'))).toEqual({});
  expect(await databases.use('diary', (own) => own.get('secret'))).toEqual({ value: 'mine' });
  expect(
    readdirSync(folder)
      .filter((name) => name.endsWith('.db'))
      .sort(),
  ).toEqual(['diary.db', 'dice.db']);
  expect(await codeOf(() => databases.use('../evil', (own) => own.get('x')))).toBe('STORAGE_LOCKED');
});

test('does the work on one database in order, and does not wait for another [DATA-1]', async () => {
  const { databases } = openDatabases();
  const order: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const slow = databases.use('diary', async () => {
    await held;
    order.push('diary 1');
  });
  const next = databases.use('diary', async () => order.push('diary 2'));
  await databases.use('dice', async () => order.push('dice'));
  release();
  await Promise.all([slow, next]);
  expect(order).toEqual(['dice', 'diary 1', 'diary 2']);
});

test('closes with the vault, after the work that was asked for, and opens again with it [SEC-1]', async () => {
  const { databases, state } = openDatabases();
  const writes = Array.from({ length: 20 }, (_, index) => databases.use('diary', (own) => own.set('count', index)));
  state.locked = true;
  const closed = databases.closeAll();
  await expect(Promise.all(writes)).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
  await closed;
  state.locked = false;
  await databases.use('diary', (own) => own.set('count', 1));
  state.locked = true;
  await databases.closeAll();
  expect(await codeOf(() => databases.use('diary', (own) => own.get('count')))).toBe('STORAGE_LOCKED');
  state.locked = false;
  expect(await databases.use('diary', (own) => own.get('count'))).toEqual({ value: 1 });
});

test('closes what is idle and opens it again when it is used', async () => {
  const { databases, state } = openDatabases();
  await databases.use('diary', (own) => own.set('count', 1));
  state.now += 60_000;
  await databases.tidy();
  expect(await databases.use('diary', (own) => own.get('count'))).toEqual({ value: 1 });
  expect(state.keys).toBe(1);
  state.now += 11 * 60_000;
  await databases.tidy();
  expect(await databases.use('diary', (own) => own.get('count'))).toEqual({ value: 1 });
  expect(state.keys).toBe(2);
});

test('one damaged database disturbs no other, and is not tried again at once [DATA-2]', async () => {
  const { databases, folder, state, failures } = openDatabases();
  writeFileSync(join(folder, 'diary.db'), 'this is not a database'.repeat(500));
  for (let tries = 0; tries < 3; tries += 1)
    expect(await codeOf(() => databases.use('diary', (own) => own.get('x')))).toBe('STORAGE_KEY_WRONG');
  expect(state.keys).toBe(1);
  expect(failures).toEqual(['diary: STORAGE_KEY_WRONG']);
  await databases.use('dice', (own) => own.set('x', 1));
  state.now += 11_000;
  expect(await codeOf(() => databases.use('diary', (own) => own.get('x')))).toBe('STORAGE_KEY_WRONG');
  expect(state.keys).toBe(3);
});

const ROWS = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 400000) ';

test('reading waits for no change, and sees what was acknowledged before it was asked [DATA-1]', async () => {
  const { databases } = openDatabases();
  await databases.use('diary', (own) => own.batch({ statements: [{ sql: 'CREATE TABLE line (text)' }] }));
  await databases.use('diary', (own) => own.set('day', 'monday'));
  let isDone = false;
  const insert = { sql: `INSERT INTO line SELECT hex(randomblob(20)) FROM (${ROWS} SELECT x FROM c)` };
  const writing = databases
    .use('diary', (own) => own.batch({ statements: [insert] }))
    .then(() => {
      isDone = true;
    });
  const count = { statements: [{ sql: 'SELECT count(*) FROM line' }], readOnly: true };
  for (let reads = 0; reads < 20; reads += 1) {
    expect(await databases.read('diary', (own) => own.get('day'))).toEqual({ value: 'monday' });
    expect((await databases.read('diary', (own) => own.batch(count)))[0]?.rows).toEqual([[0]]);
  }
  expect(isDone).toBe(false);
  await writing;
  expect((await databases.read('diary', (own) => own.batch(count)))[0]?.rows).toEqual([[400_000]]);
  await databases.use('diary', (own) => own.set('day', 'tuesday'));
  expect(await databases.read('diary', (own) => own.get('day'))).toEqual({ value: 'tuesday' });
});

test('closing waits for reading, and reading that was asked for meanwhile opens it again [DATA-1]', async () => {
  const { databases } = openDatabases();
  await databases.use('diary', (own) => own.set('day', 'monday'));
  const day = () => databases.read('diary', (own) => own.get('day'));
  const reads = Array.from({ length: 20 }, day);
  const closing = databases.closeAll();
  const later = Array.from({ length: 20 }, day);
  await closing;
  for (const value of await Promise.all([...reads, ...later])) expect(value).toEqual({ value: 'monday' });
});

test('settling leaves nothing in a log, drops copies that nobody wants, and says whom it waits for [DATA-7]', async () => {
  const { databases, folder } = openDatabases();
  const migrations = [{ version: 1, name: 'one', sql: 'create table note (text text)' }];
  await databases.use('diary', (own) => own.migrate(migrations));
  await databases.use('diary', (own) => own.set('a', 'b'));
  await databases.use('diary', (own) =>
    own.migrate([...migrations, { version: 2, name: 'two', sql: 'create table other (text text)' }]),
  );
  await databases.use('dice', (own) => own.set('a', 'b'));
  expect(databases.restorePoint('diary')).toBeDefined();
  await databases.settle(() => true);
  expect(databases.restorePoint('diary')).toBeDefined();
  await databases.use('diary', (own) => own.set('a', 'c'));
  expect(await databases.settle(() => false)).toEqual({ settled: 2, waiting: [] });
  expect(databases.restorePoint('diary')).toBeUndefined();
  for (const plugin of ['diary', 'dice']) expect(statSync(join(folder, `${plugin}.db-wal`)).size).toBe(0);
  const held = await databases.hold();
  held.resume();
  await databases.use('dice', (own) => own.set('a', 'c'));
  expect(await databases.settle(() => false)).toMatchObject({ waiting: expect.arrayContaining(['dice']) });
  held.release();
  expect(await databases.settle(() => false)).toEqual({ settled: 2, waiting: [] });
});

const ENDLESS = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c';

test('a plugin whose work does not end holds up neither the writing of others nor the locking of the vault [PLG-3] [SEC-1]', async () => {
  const { databases } = openDatabases(200);
  for (const plugin of ['diary', 'dice']) await databases.use(plugin, (own) => own.set('day', 'monday'));
  const endless = codeOf(() =>
    databases.use('dice', (own) => own.migrate([{ version: 1, name: 'endless', sql: ENDLESS }])),
  );
  await expect(databases.hold()).rejects.toMatchObject({ code: 'STORAGE_BUSY', subject: 'dice' });
  await databases.use('diary', (own) => own.set('day', 'tuesday'));
  expect(await databases.closeAll()).toBe(2);
  expect(await endless).toBe('STORAGE_TIMEOUT');
  const held = await databases.hold();
  expect(held.plugins).toEqual(['diary', 'dice']);
  held.release();
});

test('a database that takes long to open is opened before any waits for it [DATA-6]', async () => {
  const { databases, state } = openDatabases(100);
  for (const plugin of ['diary', 'dice']) await databases.use(plugin, (own) => own.set('day', 'monday'));
  await databases.closeAll();
  state.keyMs = 250;
  const held = await databases.hold();
  expect(held.plugins).toEqual(['diary', 'dice']);
  held.release();
});

test('what a plugin stored is deleted with all that lies beside it, unless it is being copied [DATA-7]', async () => {
  const { databases, folder } = openDatabases();
  await databases.use('diary', (own) => own.set('a', 'text'));
  await databases.use('diary-two', (own) => own.set('a', 'other'));
  const held = await databases.hold();
  held.resume();
  expect(await codeOf(() => databases.erase('diary'))).toBe('STORAGE_BUSY');
  held.release();
  writeFileSync(join(folder, 'diary.db-packed'), 'left');
  expect(await databases.erase('diary')).toBeGreaterThan(4096);
  expect(readdirSync(folder).filter((name) => name.startsWith('diary.'))).toEqual([]);
  expect(await databases.use('diary-two', (own) => own.get('a'))).toEqual({ value: 'other' });
  expect(await databases.use('diary', (own) => own.get('a'))).toEqual({});
});
