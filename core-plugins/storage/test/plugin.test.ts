import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import storage from '../src/index.ts';
import { codeOf, temporaryFolder } from './temporary-database.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../plugin.json'), 'utf8')) as Manifest;
const OWN = ['kv.get', 'kv.set', 'kv.delete', 'kv.list', 'sql.batch', 'sql.migrate'].map((name) => ({
  verb: 'request' as const,
  topic: `storage.${name}.v1`,
}));

test('serves ctx.storage to each plugin while the vault is open, and to none while it is locked [DATA-1] [SEC-1]', async () => {
  await using kernel = await createTestKernel();
  const vault = await kernel.peer({
    id: 'vault',
    permissions: [
      { verb: 'serve', topic: 'vault.key.derive.v1' },
      { verb: 'publish', topic: 'vault.state.changed.v1' },
    ],
  });
  const asked: unknown[] = [];
  await vault.bus.serve('vault.key.derive.v1', ({ sender, data, grant }) => {
    asked.push([sender, data, grant]);
    return { key: Buffer.from((data.plugin ?? '').padEnd(32, '.')).toString('hex') };
  });
  await kernel.load({ manifest, definition: storage, dataFolder: temporaryFolder() });
  const diary = await kernel.peer({ id: 'diary', permissions: OWN });
  const dice = await kernel.peer({ id: 'dice', permissions: OWN });

  await diary.storage.set('today', { line: 'it rained' });
  expect(await diary.storage.get('today')).toEqual({ line: 'it rained' });
  expect(await dice.storage.get('today')).toBeUndefined();
  expect(asked[0]).toEqual([
    'storage',
    { purpose: 'storage', plugin: 'diary' },
    { purposes: ['storage'], plugins: 'any' },
  ]);
  expect(
    await diary.storage.migrate([{ version: 1, name: 'lines', sql: 'CREATE TABLE line (day TEXT, text TEXT)' }]),
  ).toBe(1);
  await diary.storage.batch([{ sql: 'INSERT INTO line VALUES (?, ?)', values: ['mon', 'sun'] }]);
  expect(await diary.storage.query('SELECT * FROM line')).toEqual([{ day: 'mon', text: 'sun' }]);
  expect(await codeOf(() => dice.storage.query('SELECT * FROM line'))).toBe('STORAGE_SQL_INVALID');

  await vault.bus.publish('vault.state.changed.v1', { state: 'locked' });
  await kernel.unload('storage');
});

test('holds each plugin to what the kernel says that it may store, whatever it says itself [PLG-3, DATA-1]', async () => {
  await using kernel = await createTestKernel();
  const vault = await kernel.peer({ id: 'vault', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  await vault.bus.serve('vault.key.derive.v1', () => ({ key: 'ab'.repeat(32) }));
  await kernel.load({ manifest, definition: storage, dataFolder: temporaryFolder() });
  const text = 'x'.repeat(700_000);
  const diary = await kernel.peer({ id: 'diary', permissions: OWN, quota: { storageMb: 1 } });
  const dice = await kernel.peer({ id: 'dice', permissions: OWN });
  for (const plugin of [diary, dice]) await plugin.storage.set('one', text);
  expect(await codeOf(() => diary.storage.set('two', text))).toBe('STORAGE_QUOTA_EXCEEDED');
  await dice.storage.set('two', text);
  await diary.storage.delete('one');
  await diary.storage.set('two', text);
  await kernel.unload('storage');
});

test('what was given up while it waited for its turn is not done afterwards [DATA-1]', async () => {
  await using kernel = await createTestKernel();
  const vault = await kernel.peer({ id: 'vault', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  const opened = Promise.withResolvers<void>();
  await vault.bus.serve('vault.key.derive.v1', async () => {
    await opened.promise;
    return { key: 'ab'.repeat(32) };
  });
  await kernel.load({ manifest, definition: storage, dataFolder: temporaryFolder() });
  const diary = await kernel.peer({ id: 'diary', permissions: OWN });
  const first = diary.storage.set('first', 1);
  const options = { signal: AbortSignal.timeout(50) };
  expect(await codeOf(() => diary.bus.request('storage.kv.set.v1', { key: 'second', value: 2 }, options))).toBe(
    'KERNEL_CANCELLED',
  );
  opened.resolve();
  await first;
  expect(await diary.storage.get('second')).toBeUndefined();
  await kernel.unload('storage');
});

test('says that it is locked when the vault gives no key, or is not there [SEC-1]', async () => {
  await using kernel = await createTestKernel();
  await kernel.load({ manifest, definition: storage, dataFolder: temporaryFolder() });
  const diary = await kernel.peer({ id: 'diary', permissions: OWN });
  expect(await codeOf(() => diary.storage.get('today'))).toBe('STORAGE_LOCKED');
});

test('a new key for a database and its files tells how far it is, ends between two files when nobody listens, and the rest goes on [SEC-2]', async () => {
  await using kernel = await createTestKernel();
  const vault = await kernel.peer({ id: 'vault', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  await vault.bus.serve('vault.key.derive.v1', ({ data: { plugin = '', generation = 1 } }) => ({
    key: Buffer.from(`${plugin}/${generation}`.padEnd(32, '.')).toString('hex'),
  }));
  const folder = temporaryFolder();
  await kernel.load({ manifest, definition: storage, dataFolder: folder });
  const blobs = ['blob.write.v1', 'blob.finish.v1'].map((topic) => ({ verb: 'request' as const, topic }));
  const diary = await kernel.peer({ id: 'diary', permissions: [...OWN, ...blobs] });
  const dice = await kernel.peer({ id: 'dice', permissions: OWN });
  for (const { storage: own } of [diary, dice]) await own.set('today', 'it rained');
  for (const text of ['one', 'two', 'three']) await diary.blobs.write(Buffer.from(text));
  const owner = await kernel.peer({
    id: 'owner',
    permissions: ['key.rotate', 'database.list'].map((name) => ({ verb: 'request', topic: `storage.${name}.v1` })),
  });
  const formats = () =>
    readdirSync(join(folder, 'blobs/diary')).map((name) => readFileSync(join(folder, 'blobs/diary', name))[8] ?? 0);
  const generations = async () => (await owner.bus.request('storage.database.list.v1', {})).generations;

  const whole = owner.bus.stream('storage.key.rotate.v1', { plugin: 'diary' });
  const told: string[] = [];
  for await (const { phase, done, total } of whole) told.push(`${phase} ${done}/${total}`);
  expect(told).toEqual(['waiting 0/0', 'encrypting 0/0', 'reading 0/0', 'files 0/3', 'files 1/3', 'files 2/3']);
  expect(await whole.result).toMatchObject({ plugin: 'diary', generation: 2, blobs: 3 });
  expect([await generations(), formats()]).toEqual([
    [2, 1],
    [2, 2, 2],
  ]);

  const cut = owner.bus.stream('storage.key.rotate.v1', { plugin: 'dice' });
  for await (const { phase } of cut) if (phase === 'waiting') break;
  await expect(cut.result).rejects.toMatchObject({ code: 'KERNEL_CANCELLED' });
  expect(await dice.storage.get('today')).toBe('it rained');
  expect(await diary.storage.get('today')).toBe('it rained');
  await kernel.unload('storage');
});
