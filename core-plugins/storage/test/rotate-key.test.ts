import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkCopy } from '../src/check-copy.ts';
import { Database } from '../src/database.ts';
import { readGeneration } from '../src/key-generation.ts';
import { databasesIn, keyOf } from './generation-keys.ts';
import { codeOf, temporaryFolder } from './temporary-database.ts';

const CHILD = join(import.meta.dirname, 'rotate-child.ts');
const DYING_PROCESS = join(import.meta.dirname, '../../../test/support/dying-process.ts');
const SIDE_BY_SIDE = 4;
const ROWS = 500;

/** A diary with rows, an index over words, and a key; closed. */
async function diaryIn(folder: string): Promise<void> {
  const databases = databasesIn(folder);
  await databases.use('diary', async (database) => {
    const sql = 'CREATE TABLE day (id INTEGER PRIMARY KEY, text TEXT); CREATE VIRTUAL TABLE word USING fts5(text);';
    await database.migrate([{ version: 1, name: 'days', sql }]);
    const rows = Array.from({ length: ROWS }, (_, id) => ({
      id,
      text: `a marked day ${id} ${'and so on '.repeat(40)}`,
    }));
    const both = { sql: 'INSERT INTO day VALUES (?, ?)' };
    await database.batch({ statements: rows.map(({ id, text }) => ({ ...both, values: [id, text] })) });
    await database.batch({
      statements: rows.map(({ text }) => ({ sql: 'INSERT INTO word VALUES (?)', values: [text] })),
    });
    await database.set('mood', 'marked');
  });
  await databases.closeAll();
}

/** What is in it, and that it can be changed; closed again. */
async function read(folder: string): Promise<unknown[]> {
  const databases = databasesIn(folder);
  try {
    return await databases.use('diary', async (database) => {
      const statements = ['SELECT count(*), sum(id) FROM day', "SELECT count(*) FROM word WHERE word MATCH 'marked'"];
      const results = await database.batch({ statements: statements.map((sql) => ({ sql })), readOnly: true });
      await database.set('read', true);
      return [...results.map(({ rows }) => rows[0]), (await database.get('mood')).value];
    });
  } finally {
    await databases.closeAll();
  }
}

const WHOLE = [[ROWS, (ROWS * (ROWS - 1)) / 2], [ROWS], 'marked'];

test('a database under its next key holds what it held, goes on, and its old key opens it no more [SEC-2] [SEC-4]', async () => {
  const folder = temporaryFolder();
  await diaryIn(folder);
  const path = join(folder, 'diary.db');
  const before = readFileSync(path);
  const databases = databasesIn(folder);
  expect(await databases.rotate('diary')).toEqual({ generation: 2, bytes: before.length });
  // Work that was asked for meanwhile waits and goes on under the new key.
  const [second, mood] = await Promise.all([
    databases.rotate('diary'),
    databases.use('diary', (own) => own.get('mood')),
  ]);
  expect([second.generation, mood]).toEqual([3, { value: 'marked' }]);
  await databases.closeAll();
  expect(readdirSync(folder).filter((name) => !/^diary\.db(-seal|-wal|-shm)?$/.test(name))).toEqual([]);
  expect(readFileSync(path).subarray(4096, 8192).equals(before.subarray(4096, 8192))).toBe(false);
  expect(readGeneration(`${path}-seal`)).toBe(3);
  expect(await read(folder)).toEqual(WHOLE);

  // A copy with its seal says by itself which key is its own, as backups need it.
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true });
  const at = { plugin: 'diary', path: join(copy, 'diary.db') };
  expect(await checkCopy({ ...at, key: keyOf('diary', 3), generation: 3 })).toBeGreaterThan(0);
  for (const generation of [1, 2])
    expect(await codeOf(() => Database.open({ ...at, key: keyOf('diary', generation), generation }))).toBe(
      'STORAGE_KEY_WRONG',
    );
});

test('what is not there, or held still for a backup, gets no new key [DATA-6]', async () => {
  const folder = temporaryFolder();
  await diaryIn(folder);
  const databases = databasesIn(folder);
  expect(databases.plugins()).toEqual(['diary']);
  for (const plugin of ['notes', '../diary'])
    expect(await codeOf(() => databases.rotate(plugin))).toBe('STORAGE_UNKNOWN');
  const held = await databases.hold();
  held.resume();
  expect(await codeOf(() => databases.rotate('diary'))).toBe('STORAGE_BUSY');
  held.release();
  expect((await databases.rotate('diary')).generation).toBe(2);
  await databases.closeAll();
});

test('a damaged database is left as it is, and no other is made of it [DATA-1]', async () => {
  const folder = temporaryFolder();
  await diaryIn(folder);
  const path = join(folder, 'diary.db');
  const bytes = readFileSync(path);
  bytes[9000]! ^= 1;
  writeFileSync(path, bytes);
  expect(await codeOf(() => databasesIn(folder).rotate('diary'))).toBe('STORAGE_DAMAGED');
  expect(readFileSync(path)).toEqual(bytes);
  expect(readdirSync(folder).filter((name) => name.includes('-next'))).toEqual([]);
});

test('kill -9 at each single step of a rotation, and in the middle of encrypting, loses nothing [SVC-7] [DATA-1]', {
  timeout: 300_000,
}, async () => {
  const origin = temporaryFolder();
  await diaryIn(origin);
  const generations = { 1: 0, 2: 0 };
  const check = async (folder: string, done: boolean): Promise<void> => {
    expect(await read(folder)).toEqual(WHOLE);
    const generation = readGeneration(join(folder, 'diary.db-seal')) as 1 | 2;
    if (done) expect(generation).toBe(2);
    generations[generation] += 1;
    expect(readdirSync(folder).filter((name) => /-(next|rotated)/.test(name))).toEqual([]);
  };
  let steps = 0;
  for (let ended = false; !ended; ) {
    const round = Array.from({ length: SIDE_BY_SIDE }, () => {
      steps += 1;
      return rotateAndDie(origin, { DIE_AT: String(steps) });
    });
    for (const { folder, done } of await Promise.all(round)) {
      ended ||= done;
      await check(folder, done);
    }
  }
  expect(steps).toBeGreaterThan(8);
  const times = await Promise.all([3, 9].map((ms) => rotateAndDie(origin, { DIE_AT: '0' }, ms)));
  for (const { folder, done } of times) await check(folder, done);
  expect(Math.min(generations[1], generations[2])).toBeGreaterThan(1);
});

/** Rotates the key of a copy, by a process that dies at a step or after some ms, if it gets so far. */
async function rotateAndDie(
  origin: string,
  env: Record<string, string>,
  ms?: number,
): Promise<{ folder: string; done: boolean }> {
  const folder = temporaryFolder();
  cpSync(origin, folder, { recursive: true });
  const child = spawn(process.execPath, ['--conditions=source', '--import', DYING_PROCESS, CHILD, folder], {
    env: { ...process.env, DIE_FOLDER: join(folder, 'diary.db'), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (ms !== undefined && output === 'begun\n') setTimeout(() => child.kill('SIGKILL'), ms);
  });
  const signal = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
  const done = output.includes('done');
  expect(done || signal === 'SIGKILL').toBe(true);
  return { folder, done };
}
