import { openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AicoError } from '@aico/sdk';
import { expect, onTestFinished, test } from 'vitest';
import { Databases } from '../src/databases.ts';
import { WeeklyCheck } from '../src/weekly-check.ts';
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
  const open = () =>
    new WeeklyCheck({
      databases,
      wallClock: () => state.now,
      onDamage: (plugin, error) => state.damaged.push([plugin, (error as AicoError).code]),
    });
  for (const plugin of ['chat', 'diary'])
    await databases.use(plugin, (own) => own.batch({ statements: [{ sql: 'CREATE TABLE line (text)' }] }));
  return { folder, databases, state, open };
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
