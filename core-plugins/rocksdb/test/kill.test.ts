import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../storage/test/temporary-database.ts';
import { Cache } from '../src/cache.ts';
import { CacheSeal } from '../src/cache-seal.ts';
import { RocksStore } from '../src/rocks-store.ts';

const ROUNDS = 8;
const CHILD = join(import.meta.dirname, 'write-until-killed-child.ts');

/** Writes until it is killed, a random moment after it began; how many values it was told are there. */
async function writeUntilKilled(folder: string, round: number): Promise<number> {
  const child = spawn(process.execPath, ['--conditions=source', CHILD, folder, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (told === '') setTimeout(() => child.kill('SIGKILL'), Math.random() * 400);
    told += text;
  });
  await once(child, 'close');
  return told.split('\n').filter((line) => /^\d+$/.test(line)).length;
}

test('kill -9 in the middle of writing loses nothing that was put aside, and what it cut short is not half there [DATA-8] [SVC-7]', {
  timeout: 120_000,
}, async () => {
  const folder = join(temporaryFolder(), 'cache');
  const kept: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) kept.push(await writeUntilKilled(folder, round));
  expect(Math.max(...kept)).toBeGreaterThan(1);
  const { store, begunAnew } = await RocksStore.open(folder);
  expect(begunAnew).toBe(false);
  const seal = new CacheSeal('5a'.repeat(32));
  const cache = await Cache.open({ store, seal, maxBytes: () => 2 ** 30, now: () => Date.now() });
  for (const [round, count] of kept.entries()) {
    // The one that was under way may be there or not, but never in part.
    for (let at = 0; at <= count; at += 1) {
      const { value } = await cache.get('diary', `${round}-${at}`);
      if (at < count || value !== undefined) expect([round, at, value]).toEqual([round, at, `${at}`.repeat(20_000)]);
    }
  }
  await store.close();
});
