import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { keyValuesOf, testKeyValueContract } from '../../storage/test/key-value-contract.ts';
import { type CacheStage, openCache } from './cache-stage.ts';

testKeyValueContract('cache', openCache);

/** Sets the time that the cache sees; only that, timers go on. */
function setTime(ms: number): void {
  vi.spyOn(Date, 'now').mockReturnValue(ms);
  onTestFinished(() => void vi.restoreAllMocks());
}

const user = (stage: CacheStage) =>
  stage.kernel.peer({
    id: 'user',
    permissions: ['cache.status.get.v1', 'cache.clear.v1'].map((topic) => ({ verb: 'request', topic })),
  });

test('what had its time is gone, and does not come back with a restart [DATA-8]', async () => {
  await using stage = await openCache();
  const cache = await keyValuesOf(stage.kernel, 'cache', 'weather');
  const now = Date.now();
  await cache.set('short', 1, { forSeconds: 60 });
  await cache.set('long', 2, { forSeconds: 3600 });
  await cache.set('for-good', 3);
  setTime(now + 61_000);
  expect(await cache.list()).toEqual({
    entries: [
      { key: 'for-good', value: 3 },
      { key: 'long', value: 2 },
    ],
  });
  expect([await cache.get('short'), await cache.get('long'), await cache.delete('short')]).toEqual([
    undefined,
    2,
    false,
  ]);
  setTime(now + 3_700_000);
  await stage.restart();
  expect((await cache.list()).entries).toEqual([{ key: 'for-good', value: 3 }]);
  setTime(now);
  expect(await cache.get('long')).toBe(undefined);
});

test('above its size what was not used for longest goes, of the plugin that takes most [DATA-8] [PLG-3]', async () => {
  await using stage = await openCache(1);
  const greedy = await keyValuesOf(stage.kernel, 'cache', 'greedy');
  const modest = await keyValuesOf(stage.kernel, 'cache', 'modest');
  const large = () => randomBytes(96 * 1024).toString('base64');
  await modest.set('mine', 'mine');
  for (let at = 0; at < 7; at += 1) await greedy.set(`${at}`, large());
  expect(await greedy.get('0')).toHaveLength(128 * 1024);
  for (let at = 7; at < 12; at += 1) await greedy.set(`${at}`, large());
  const keys = (await greedy.list({ limit: 20 })).entries.map(({ key }) => key);
  expect(keys).toEqual(['0', '10', '11', '7', '8', '9', '6'].sort());
  expect(await modest.get('mine')).toBe('mine');
  const { bus } = await user(stage);
  const status = await bus.request('cache.status.get.v1', {});
  expect(status).toMatchObject({
    maxBytes: 1024 * 1024,
    shares: expect.arrayContaining([expect.objectContaining({ plugin: 'greedy', entries: 7 })]),
  });
  await stage.restart();
  expect((await greedy.list({ limit: 20 })).entries).toHaveLength(7);
});

test('the disk says nothing: neither keys, nor values, nor whose they are, running or stopped [SEC-1] [DATA-8]', async () => {
  await using stage = await openCache();
  const words = ['marked-plugin', 'marked-key-name', 'marked-value-text'];
  const cache = await keyValuesOf(stage.kernel, 'cache', 'marked-plugin');
  for (let at = 0; at < 50; at += 1)
    await cache.set(`marked-key-name-${at}`, `marked-value-text ${'again '.repeat(4000)}`);
  await cache.delete('marked-key-name-7');
  const found = () => [...words, 'again again'].filter((word) => stage.onDisk().includes(word));
  expect(stage.onDisk().length).toBeGreaterThan(50 * 24_000);
  expect(found()).toEqual([]);
  await stage.stop();
  expect(found()).toEqual([]);
});

test('what is of another vault, or damaged, is thrown away, and nothing of it is given out [SEC-1] [DATA-8]', async () => {
  await using stage = await openCache();
  const cache = await keyValuesOf(stage.kernel, 'cache', 'diary');
  await cache.set('mood', 'good');
  stage.changeVault();
  await stage.restart();
  expect([await cache.get('mood'), await cache.list()]).toEqual([undefined, { entries: [] }]);
  await cache.set('mood', 'better');
  await stage.stop();
  for (const name of readdirSync(join(stage.folder, 'cache')))
    writeFileSync(join(stage.folder, 'cache', name), 'no such form');
  await stage.start();
  expect(await cache.get('mood')).toBe(undefined);
  await cache.set('mood', 'best');
  expect(await cache.get('mood')).toBe('best');
});

test('damage inside its files is found when it starts or when it is read; it goes on without what was there [DATA-8]', async () => {
  await using stage = await openCache();
  const cache = await keyValuesOf(stage.kernel, 'cache', 'diary');
  const fill = async () => {
    for (let at = 0; at < 300; at += 1) await cache.set(`page-${at}`, `${at}`.repeat(2_000));
    // What lay in the log goes into tables with a start.
    await stage.restart();
  };
  const damage = (from: number, to: number) => {
    for (const name of readdirSync(join(stage.folder, 'cache')).filter((each) => each.endsWith('.sst'))) {
      const bytes = readFileSync(join(stage.folder, 'cache', name));
      for (let at = from; at < Math.min(to, bytes.length); at += 4_000) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
      writeFileSync(join(stage.folder, 'cache', name), bytes);
    }
  };
  await fill();
  await stage.stop();
  damage(100, 100_000);
  await stage.start();
  expect(await cache.get('page-7')).toBe(undefined);
  await fill();
  expect(await cache.get('page-7')).toBe('7'.repeat(2_000));
  await stage.stop();
  // Heads come first in a table, so they are whole.
  damage(300_000, 500_000);
  await stage.start();
  const { entries } = await cache.list<string>({ limit: 1_000 });
  expect([entries.length > 0, entries.length < 300]).toEqual([true, true]);
  for (const { key, value } of entries) expect(value).toBe(key.replace('page-', '').repeat(2_000));
  await cache.set('page-7', 'anew');
  expect(await cache.get('page-7')).toBe('anew');
});

test('its user throws all of it away, and it goes on empty [DATA-7] [DATA-8]', async () => {
  await using stage = await openCache();
  const [diary, weather] = [
    await keyValuesOf(stage.kernel, 'cache', 'diary'),
    await keyValuesOf(stage.kernel, 'cache', 'weather'),
  ];
  await diary.set('a', 1);
  await weather.set('b', 2);
  const { bus } = await user(stage);
  expect(await bus.request('cache.clear.v1', {})).toEqual({ entries: 2 });
  await stage.restart();
  expect([await diary.get('a'), await weather.get('b')]).toEqual([undefined, undefined]);
  await diary.set('a', 3);
  expect(await diary.get('a')).toBe(3);
});

test('what is forgotten is in nothing that was put aside, nor in its files [DATA-7] [SEC-9]', async () => {
  await using stage = await openCache();
  const cache = await keyValuesOf(stage.kernel, 'cache', 'diary');
  for (let at = 0; at < 40; at += 1) await cache.set(`${at}`, randomBytes(32 * 1024).toString('base64'));
  const before = stage.onDisk();
  const piece = before.subarray(before.length >> 1, (before.length >> 1) + 64);
  const { bus } = await stage.kernel.peer({
    id: 'privacy',
    permissions: [{ verb: 'request', topic: 'plugin.rocksdb.forget.run.v1' }],
  });
  const order = {
    messages: [],
    conversations: [],
    memories: [],
    titles: [],
    others: [],
    since: new Date().toISOString(),
  };
  const [{ kinds }, ...read] = await Promise.all([
    bus.request('plugin.rocksdb.forget.run.v1', order),
    ...Array.from({ length: 40 }, (_, at) => cache.get(`${at}`)),
  ]);
  expect(kinds).toEqual([{ kind: 'entry', removed: 40 }]);
  expect(read).toHaveLength(40);
  expect(stage.onDisk().includes(piece)).toBe(false);
  expect((await cache.list()).entries).toEqual([]);
  await cache.set('new', 1);
  await stage.restart();
  expect((await cache.list()).entries).toEqual([{ key: 'new', value: 1 }]);
});

test('where no cache runs it is empty, and nobody fails for want of it [DATA-8]', async () => {
  await using kernel = await createTestKernel();
  const cache = await keyValuesOf(kernel, 'cache', 'diary');
  await cache.set('mood', 'good');
  expect([await cache.get('mood'), await cache.delete('mood'), await cache.list()]).toEqual([
    undefined,
    false,
    { entries: [] },
  ]);
});
