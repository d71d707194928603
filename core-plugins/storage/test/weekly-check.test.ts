import { openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AicoError } from '@aico/sdk';
import { expect, onTestFinished, test } from 'vitest';
import { BlobStore } from '../src/blobs/blob-store.ts';
import { Databases } from '../src/databases.ts';
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
