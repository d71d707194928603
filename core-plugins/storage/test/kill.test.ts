import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Database } from '../src/database.ts';
import type { DatabaseLocation } from '../src/open-database.ts';
import { temporaryLocation } from './temporary-database.ts';

const CHILD = join(import.meta.dirname, 'write-until-killed-child.ts');
const ROUNDS = 5;

test('everything acknowledged survives kill -9, whole, whenever it comes [SVC-7] [DATA-1]', {
  timeout: 60_000,
}, async () => {
  const location = temporaryLocation();
  for (let round = 0; round < ROUNDS; round += 1) {
    const acknowledged = await writeUntilKilled(location, 10 + Math.random() * 150);
    const database = await Database.open(location);
    const [rows] = await database.batch({
      statements: [{ sql: 'SELECT coalesce(max(id), 0), count(*), sum(side) FROM pair' }],
      readOnly: true,
    });
    const [highest, count, sides] = rows?.rows[0] ?? [];
    expect(highest).toBeGreaterThanOrEqual(acknowledged.row);
    // Both halves of each pair, or neither; no pair between is missing.
    expect([count, sides]).toEqual([highest, Number(highest) / 2]);
    expect(Number((await database.get('last')).value ?? 0)).toBeGreaterThanOrEqual(acknowledged.key);
    // Some rounds go on over the log that the kill left, some over a closed file.
    if (round % 2 === 0) await database.close();
    else database.abandon();
  }
});

/** Runs the child, kills it some ms after its first row, and tells what it had been promised. */
async function writeUntilKilled({ path, key }: DatabaseLocation, ms: number): Promise<{ row: number; key: number }> {
  const child = spawn(process.execPath, ['--conditions=source', CHILD, path, key], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), ms);
    output += chunk.toString();
  });
  await new Promise((resolve) => child.on('close', resolve));
  const last = (word: string) => Number([...output.matchAll(new RegExp(`^${word} (\\d+)\\n`, 'gm'))].at(-1)?.[1] ?? 0);
  return { row: last('row'), key: last('key') };
}
