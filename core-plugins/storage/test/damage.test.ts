import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '../src/database.ts';
import type { DatabaseLocation } from '../src/open-database.ts';
import { PageSeal } from '../src/page-seal.ts';
import { readLoggedPages } from '../src/write-ahead-log.ts';
import { codeOf, temporaryFolder } from './temporary-database.ts';

/** Files of a database, by the ending of their names. */
type Files = Readonly<Record<'.db' | '.db-wal' | '.db-seal', Buffer>>;

const folder = mkdtempSync(join(tmpdir(), 'aico-storage-'));
const location: DatabaseLocation = { plugin: 'diary', path: join(folder, 'diary.db'), key: '5a'.repeat(32) };
let closed: Files;
let running: Files;

beforeAll(async () => {
  const database = await Database.open(location);
  await database.batch({ statements: [{ sql: 'CREATE TABLE line (id INTEGER PRIMARY KEY, text)' }] });
  const insert = { sql: 'INSERT INTO line (text) VALUES (?)', values: ['a line of a diary '.repeat(20)] };
  await database.batch({ statements: Array.from({ length: 500 }, () => insert) });
  await database.checkpoint();
  closed = read(location);
  for (let index = 0; index < 5; index += 1) await database.batch({ statements: [insert] });
  running = read(location);
  await database.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('any changed bit of the file is damage, named, and left as it is [DATA-2]', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(closed['.db'].length - 1), fc.nat(7), async (at, bit) => {
      const changed = Buffer.from(closed['.db']);
      changed[at]! ^= 1 << bit;
      const place = write({ ...closed, '.db': changed });
      const thrown = await Database.open(place).catch((error: unknown) => error);
      expect(thrown).toMatchObject({
        code: 'STORAGE_DAMAGED',
        subject: 'diary',
        fix: expect.stringContaining(place.path),
      });
      expect(readFileSync(place.path)).toEqual(changed);
    }),
    { numRuns: 60 },
  );
});

test('a cut, emptied, or missing file is damage [DATA-2]', async () => {
  const file = closed['.db'];
  for (const cut of [0, 100, 4096, file.length - 4096, file.length - 1])
    expect(await codeOf(() => Database.open(write({ ...closed, '.db': file.subarray(0, cut) })))).toBe(
      'STORAGE_DAMAGED',
    );
  const place = write(closed);
  rmSync(place.path);
  expect(await codeOf(() => Database.open(place))).toBe('STORAGE_DAMAGED');
});

test('another key is told from damage, and the file is left as it is [DATA-2]', async () => {
  const place = write(closed);
  const thrown = await Database.open({ ...place, key: '0'.repeat(64) }).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'STORAGE_KEY_WRONG', subject: 'diary' });
  expect(read(place)).toEqual(closed);
  await (await Database.open(place)).close();
});

test('a log in which a committed change was altered is damage [DATA-2]', async () => {
  const log = running['.db-wal'];
  const frame = 4096 + 24;
  // All but the last transaction, whose loss cannot be told from a power cut in its middle.
  const frames = Math.floor((log.length - 32) / frame);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 24, max: 32 + (frames - 3) * frame }), async (at) => {
      const changed = Buffer.from(log);
      changed[at]! ^= 1;
      const place = write({ ...running, '.db-wal': changed });
      expect(await codeOf(() => Database.open(place))).toBe('STORAGE_DAMAGED');
      expect(readFileSync(`${place.path}-wal`)).toEqual(changed);
    }),
    { numRuns: 40 },
  );
});

test('a log that was cut in its last transaction opens with everything before it [SVC-7]', async () => {
  const log = running['.db-wal'];
  for (const cut of [1, 1000, 4000]) {
    const place = write({ ...running, '.db-wal': log.subarray(0, log.length - cut) });
    const database = await Database.open(place);
    const [count] = await database.batch({ statements: [{ sql: 'SELECT count(*) FROM line' }] });
    expect(Number(count?.rows[0]?.[0])).toBe(504);
    await database.close();
  }
});

test('a checkpoint that was cut short at any point opens whole [SVC-7]', async () => {
  const place = write(running);
  const database = await Database.open(place);
  await database.checkpoint();
  const after = read(place);
  await database.close();
  const open = openSeal(running);
  const half = Buffer.from(after['.db']);
  running['.db'].copy(half, 0, 0, Math.floor(half.length / 2 / 4096) * 4096);
  for (const files of [
    { ...running, '.db-seal': open },
    { ...running, '.db': half, '.db-seal': open },
    { ...after, '.db-wal': running['.db-wal'], '.db-seal': open },
    { ...after, '.db-seal': open },
    after,
  ]) {
    const again = await Database.open(write(files));
    const [count] = await again.batch({ statements: [{ sql: 'SELECT count(*) FROM line' }] });
    expect(count?.rows).toEqual([[505]]);
    await again.close();
  }
});

test('a database without a seal, or with a broken one, opens by its key and is sealed anew [DATA-2]', async () => {
  for (const seal of [undefined, Buffer.from('nonsense'), flipped(closed['.db-seal'])]) {
    const place = write(closed);
    if (seal) writeFileSync(`${place.path}-seal`, seal);
    else rmSync(`${place.path}-seal`);
    await (await Database.open(place)).close();
    expect(await codeOf(() => Database.open({ ...place, key: '0'.repeat(64) }))).toBe('STORAGE_KEY_WRONG');
    const changed = readFileSync(place.path);
    changed[changed.length - 1]! ^= 1;
    writeFileSync(place.path, changed);
    expect(await codeOf(() => Database.open(place))).toBe('STORAGE_DAMAGED');
  }
});

/** The seal as it is while a checkpoint runs: what it will write is unknown. */
function openSeal(before: Files): Buffer {
  const place = write(before);
  const seal = new PageSeal(`${place.path}-seal`, place.key);
  seal.open(readLoggedPages(`${place.path}-wal`));
  return readFileSync(`${place.path}-seal`);
}

function flipped(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  changed[20]! ^= 1;
  return changed;
}

function read({ path }: DatabaseLocation): Files {
  const at = (ending: string) => Buffer.from(readFileSync(path.replace(/\.db$/, ending)));
  return { '.db': at('.db'), '.db-wal': at('.db-wal'), '.db-seal': at('.db-seal') };
}

function write(files: Files): DatabaseLocation {
  const path = join(temporaryFolder(), 'diary.db');
  for (const [ending, bytes] of Object.entries(files)) writeFileSync(path.replace(/\.db$/, ending), bytes);
  return { ...location, path };
}
