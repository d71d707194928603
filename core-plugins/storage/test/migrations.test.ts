import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Database } from '../src/database.ts';
import { codeOf, temporaryDatabase, temporaryLocation } from './temporary-database.ts';

const FIRST = {
  version: 1,
  name: 'lines',
  sql: 'CREATE TABLE line (id INTEGER PRIMARY KEY, text);\nCREATE INDEX by_text ON line (text);',
};
const SECOND = { version: 2, name: 'days', sql: "ALTER TABLE line ADD COLUMN day TEXT; UPDATE line SET day = 'none';" };

test('applies each step once, in order, and says so [DATA-1]', async () => {
  const database = await temporaryDatabase();
  expect(await database.migrate([FIRST])).toEqual({ version: 1, applied: [1] });
  expect(await database.migrate([FIRST, SECOND])).toEqual({ version: 2, applied: [2] });
  const withOtherLineEnds = { ...FIRST, sql: FIRST.sql.replace('\n', '\r\n') };
  expect(await database.migrate([withOtherLineEnds, SECOND])).toEqual({ version: 2, applied: [] });
});

test('refuses a changed step and a newer database, and leaves both alone [DATA-1]', async () => {
  const location = temporaryLocation();
  const database = await Database.open(location);
  await database.migrate([FIRST, SECOND]);
  const changed = { ...FIRST, sql: 'CREATE TABLE other (id)' };
  expect(await codeOf(() => database.migrate([changed, SECOND]))).toBe('STORAGE_MIGRATION_CHANGED');
  const thrown = await database.migrate([FIRST]).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'STORAGE_NEWER', subject: 'diary', details: { found: 2, known: 1 } });
  expect(await database.migrate([FIRST, SECOND])).toEqual({ version: 2, applied: [] });
  await database.close();
});

test('a step that fails leaves no trace of itself, nor of those before it [DATA-1]', async () => {
  const location = temporaryLocation();
  const database = await Database.open(location);
  onTestFinished(() => database.close());
  const bad = { version: 2, name: 'bad', sql: 'CREATE TABLE half (a); INSERT INTO nowhere VALUES (1);' };
  await database.migrate([FIRST]);
  const third = { version: 3, name: 'third', sql: 'CREATE TABLE third (a)' };
  const alsoBad = { ...bad, version: 4 };
  expect(await codeOf(() => database.migrate([FIRST, SECOND, third, alsoBad]))).toBe('STORAGE_MIGRATION_FAILED');
  const thrown = await database.migrate([FIRST, bad]).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'STORAGE_MIGRATION_FAILED', details: { version: 2, name: 'bad' } });
  const [tables] = await database.batch({
    statements: [{ sql: "SELECT name FROM sqlite_schema WHERE name IN ('half', 'third')" }],
  });
  expect(tables?.rows).toEqual([]);
  expect(readdirSync(dirname(location.path)).filter((name) => name.includes('before'))).toEqual([]);
  expect(await database.migrate([FIRST, SECOND])).toEqual({ version: 2, applied: [2] });
});

test('a table can be rebuilt under the rows that refer to it, but not out from under them [DATA-1]', async () => {
  const database = await temporaryDatabase();
  const related = {
    version: 1,
    name: 'related',
    sql: 'CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a REFERENCES a ON DELETE CASCADE); INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);',
  };
  const rebuilt = {
    version: 2,
    name: 'rebuilt',
    sql: 'CREATE TABLE a2 (id INTEGER PRIMARY KEY, more); INSERT INTO a2 (id) SELECT id FROM a; DROP TABLE a; ALTER TABLE a2 RENAME TO a;',
  };
  await database.migrate([related, rebuilt]);
  const [rows] = await database.batch({ statements: [{ sql: 'SELECT count(*) FROM b' }] });
  expect(rows?.rows).toEqual([[1]]);
  const emptied = { version: 3, name: 'emptied', sql: 'DELETE FROM a;' };
  expect(await codeOf(() => database.migrate([related, rebuilt, emptied]))).toBe('STORAGE_MIGRATION_FAILED');
  // Outside of migrations references hold as ever.
  const orphan = { statements: [{ sql: 'INSERT INTO b VALUES (99)' }] };
  expect(await codeOf(() => database.batch(orphan))).toBe('STORAGE_CONSTRAINT');
});

test('refuses gaps, and SQL that a batch would refuse [SEC-4]', async () => {
  const database = await temporaryDatabase();
  expect(await codeOf(() => database.migrate([{ ...FIRST, version: 2 }]))).toBe('STORAGE_MIGRATION_ORDER');
  const attaching = { version: 1, name: 'evil', sql: "CREATE TABLE t (a); ATTACH '/tmp/x.db' AS x;" };
  expect(await codeOf(() => database.migrate([attaching]))).toBe('STORAGE_SQL_DENIED');
});

test('steps that do not end are stopped, and leave everything as it was [PLG-3]', async () => {
  const database = await Database.open({ ...temporaryLocation(), statementLimitMs: 10 });
  onTestFinished(() => database.close());
  await database.migrate([FIRST]);
  const endless =
    'INSERT INTO line (text) WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT max(x) FROM c';
  const bad = { version: 2, name: 'endless', sql: endless };
  expect(await codeOf(() => database.migrate([FIRST, bad]))).toBe('STORAGE_TIMEOUT');
  expect(await database.migrate([FIRST, SECOND])).toEqual({ version: 2, applied: [2] });
});
