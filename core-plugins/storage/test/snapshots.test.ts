import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkCopy } from '../src/check-copy.ts';
import { Databases } from '../src/databases.ts';
import { Snapshots } from '../src/snapshots.ts';
import { codeOf, temporaryFolder } from './temporary-database.ts';

const keyOf = (plugin: string): string => Buffer.from(plugin.padEnd(32, '.')).toString('hex');

function open() {
  const folder = temporaryFolder();
  const timers = new Map<number, () => void>();
  const state = { now: 0, timer: 0 };
  const powers = { folder, keyOf: async (plugin: string) => keyOf(plugin), now: () => state.now, onFailure: () => {} };
  const databases = new Databases(powers);
  onTestFinished(async () => {
    await databases.closeAll();
  });
  const after = (_: number, handler: () => void) => {
    state.timer += 1;
    const mine = state.timer;
    timers.set(mine, handler);
    return () => void timers.delete(mine);
  };
  const expire = (): void => {
    for (const handler of [...timers.values()]) handler();
  };
  return {
    folder,
    databases,
    state,
    snapshots: new Snapshots({ databases, holdBlobs: () => () => {}, after }),
    expire,
  };
}

const fileOf = (folder: string, plugin: string): Buffer => readFileSync(join(folder, `${plugin}.db`));

test('all databases are paused at one moment, and a copy of their files holds all that was acknowledged until then [DATA-6]', async () => {
  const { folder, databases, snapshots } = open();
  await databases.use('chat', (own) => own.set('count', 1));
  await databases.use('memory', (own) => own.set('count', 1));
  const begun = await snapshots.begin();
  expect(begun).toMatchObject({ plugins: ['chat', 'memory'], leftOut: [] });
  let written = false;
  const late = databases
    .use('chat', (own) => own.set('count', 2))
    .then(() => {
      written = true;
    });
  const other = temporaryFolder();
  for (const plugin of begun.plugins) {
    for (const suffix of ['.db', '.db-seal']) {
      writeFileSync(join(other, plugin + suffix), readFileSync(join(folder, plugin + suffix)));
    }
    expect(await checkCopy({ plugin, path: join(other, `${plugin}.db`), key: keyOf(plugin) })).toBeGreaterThan(0);
  }
  expect(written).toBe(false);
  expect(snapshots.resume(begun.snapshot)).toBe(true);
  await late;
  expect(snapshots.end(begun.snapshot)).toBe(true);
  expect(await databases.use('chat', (own) => own.get('count'))).toEqual({ value: 2 });
});

test('files stay as they are until the end, however much is written, and change again afterwards [DATA-6]', async () => {
  const { folder, databases, state, snapshots } = open();
  await databases.use('chat', (own) => own.set('count', 1));
  const { snapshot } = await snapshots.begin();
  snapshots.resume(snapshot);
  const before = fileOf(folder, 'chat');
  for (let round = 0; round < 12; round += 1)
    await databases.use('chat', (own) => own.set(`key ${round}`, 'x'.repeat(2_000_000)));
  state.now += 20 * 60_000;
  await databases.tidy();
  expect(fileOf(folder, 'chat').equals(before)).toBe(true);
  expect(snapshots.end(snapshot)).toBe(true);
  await databases.tidy();
  expect(fileOf(folder, 'chat').equals(before)).toBe(false);
  expect(await databases.use('chat', (own) => own.get('key 11'))).toEqual({ value: 'x'.repeat(2_000_000) });
});

test('whoever copies and says nothing any more holds up nobody, and learns that the moment is over [DATA-6]', async () => {
  const { databases, snapshots, expire } = open();
  await databases.use('chat', (own) => own.set('count', 1));
  const { snapshot } = await snapshots.begin();
  expect(await codeOf(() => snapshots.begin())).toBe('STORAGE_BUSY');
  const late = databases.use('chat', (own) => own.set('count', 2));
  expire();
  await late;
  expect(snapshots.resume(snapshot)).toBe(false);
  expect(snapshots.end(snapshot)).toBe(false);
  const next = await snapshots.begin();
  expect(snapshots.end(next.snapshot)).toBe(true);
});

test('a damaged database is left out by name, and holds up no other [DATA-6]', async () => {
  const { folder, databases, snapshots } = open();
  writeFileSync(join(folder, 'diary.db'), 'this is not a database'.repeat(500));
  await databases.use('chat', (own) => own.set('count', 1));
  const { snapshot, ...begun } = await snapshots.begin();
  expect(begun).toEqual({ plugins: ['chat'], leftOut: [{ plugin: 'diary', code: 'STORAGE_KEY_WRONG' }] });
  expect(snapshots.end(snapshot)).toBe(true);
});

test('a copy with a flipped bit, or of another key, is told [DATA-2, DATA-6]', async () => {
  const { folder, databases, snapshots } = open();
  await databases.use('chat', (own) => own.set('long', 'x'.repeat(300_000)));
  snapshots.end((await snapshots.begin()).snapshot);
  await databases.closeAll();
  const path = join(folder, 'chat.db');
  expect(await codeOf(() => checkCopy({ plugin: 'chat', path, key: keyOf('other') }))).toBe('STORAGE_KEY_WRONG');
  const bytes = readFileSync(path);
  bytes[100_000] = (bytes[100_000] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  expect(await codeOf(() => checkCopy({ plugin: 'chat', path, key: keyOf('chat') }))).toBe('STORAGE_DAMAGED');
});
