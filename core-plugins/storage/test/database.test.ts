import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectGarbage } from '../src/collect-garbage.ts';
import { Database } from '../src/database.ts';
import { codeOf, temporaryDatabase, temporaryLocation } from './temporary-database.ts';

const TABLE = { sql: 'CREATE TABLE line (id INTEGER PRIMARY KEY, day TEXT UNIQUE, text)' };

test('keeps values under keys, whatever JSON they are [DATA-1]', async () => {
  const database = await temporaryDatabase();
  const model = new Map<string, unknown>();
  const key = fc
    .string({ minLength: 1, maxLength: 8 })
    .filter((text) => !text.includes('\u0000') && text.isWellFormed());
  await fc.assert(
    fc.asyncProperty(key, fc.jsonValue(), async (name, value) => {
      const kept = JSON.parse(JSON.stringify(value));
      await database.set(name, value);
      model.set(name, kept);
      expect(await database.get(name)).toEqual({ value: kept });
    }),
    { numRuns: 60 },
  );
  const [first = ''] = model.keys();
  expect([await database.delete(first), await database.delete(first)]).toEqual([true, false]);
  expect(await database.get(first)).toEqual({});
  model.delete(first);
  const { entries } = await database.list({ limit: 1000 });
  expect(new Map(entries.map((entry) => [entry.key, entry.value]))).toEqual(model);
});

test('lists keys by prefix, in order, page by page [DATA-1]', async () => {
  const database = await temporaryDatabase();
  for (const name of ['b%1', 'a', 'b%3', 'b_x', 'b%2', 'c']) await database.set(name, name);
  const first = await database.list({ prefix: 'b%', limit: 2 });
  expect(first).toEqual({ entries: ['b%1', 'b%2'].map((name) => ({ key: name, value: name })), next: 'b%2' });
  expect(await database.list({ prefix: 'b%', limit: 2, after: 'b%2' })).toEqual({
    entries: [{ key: 'b%3', value: 'b%3' }],
  });
});

test('runs a batch whole or not at all [DATA-1]', async () => {
  const database = await temporaryDatabase();
  await database.batch({ statements: [TABLE] });
  const insert = (day: string) => ({ sql: 'INSERT INTO line (day, text) VALUES (?, ?)', values: [day, 'x'] });
  const results = await database.batch({
    statements: [insert('mon'), insert('tue'), { sql: 'SELECT count(*) AS n FROM line' }],
  });
  expect(results.map(({ columns, rows, changes }) => [columns, rows, changes])).toEqual([
    [[], [], 1],
    [[], [], 1],
    [['n'], [[2]], 0],
  ]);
  const thrown = await database.batch({ statements: [insert('wed'), insert('mon')] }).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'STORAGE_CONSTRAINT', message: expect.stringContaining('line.day') });
  const [count] = await database.batch({ statements: [{ sql: 'SELECT count(*) FROM line' }], readOnly: true });
  expect(count?.rows).toEqual([[2]]);
});

test('carries text, integers, fractions, nothing and bytes there and back', async () => {
  const database = await temporaryDatabase();
  const sql = 'SELECT ?1, typeof(?1)';
  const send = async (value: unknown) =>
    (await database.batch({ statements: [{ sql, values: [value as string] }] }))[0]?.rows[0];
  expect(await send('größer 🙂')).toEqual(['größer 🙂', 'text']);
  expect(await send(42)).toEqual([42, 'integer']);
  expect(await send(-1.5)).toEqual([-1.5, 'real']);
  expect(await send(null)).toEqual([null, 'null']);
  expect(await send(true)).toEqual([1, 'integer']);
  expect(await send({ base64: 'AAEC/w==' })).toEqual([{ base64: 'AAEC/w==' }, 'blob']);
  expect(await codeOf(() => send('cut\u0000here'))).toBe('STORAGE_SQL_INVALID');
  const [large] = await database.batch({ statements: [{ sql: 'SELECT 9007199254740993' }] });
  expect(large?.rows).toEqual([['9007199254740993']]);
});

test('a read-only batch writes nothing [DATA-1]', async () => {
  const database = await temporaryDatabase();
  await database.batch({ statements: [TABLE] });
  const write = { statements: [{ sql: "INSERT INTO line (day) VALUES ('mon')" }], readOnly: true };
  expect(await codeOf(() => database.batch(write))).toBe('STORAGE_SQL_READ_ONLY');
});

test('names what is wrong with a statement', async () => {
  const database = await temporaryDatabase();
  const messageOf = (sql: string, values: number[] = []) =>
    database.batch({ statements: [{ sql, values }] }).then(
      () => 'none',
      (error: Error & { code: string }) => `${error.code}: ${error.message}`,
    );
  expect(await messageOf('SELECT nope')).toContain(
    'STORAGE_SQL_INVALID: A statement of diary is not valid: no such column',
  );
  expect(await messageOf('SELEC 1')).toContain('STORAGE_SQL_DENIED');
  expect(await messageOf('SELECT ?, ?', [1])).toContain('it has 2 placeholders, but came with 1 values');
});

test('bounds rows, bytes and values of one answer', async () => {
  const database = await temporaryDatabase();
  const series = (to: number, column: string) =>
    `WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < ${to}) SELECT ${column} FROM c`;
  const [fits] = await database.batch({ statements: [{ sql: series(100_000, 'x') }] });
  expect(fits?.rows).toHaveLength(100_000);
  for (const sql of [series(100_001, 'x'), series(200, 'zeroblob(65536)')])
    expect(await codeOf(() => database.batch({ statements: [{ sql }] }))).toBe('STORAGE_RESULT_TOO_LARGE');
  const twice = [{ sql: series(60_000, 'x') }, { sql: series(60_000, 'x') }];
  expect(await codeOf(() => database.batch({ statements: twice }))).toBe('STORAGE_RESULT_TOO_LARGE');
  expect(await codeOf(() => database.set('big', 'x'.repeat(5_000_000)))).toBe('STORAGE_VALUE_TOO_LARGE');
  // What was cut short holds nothing up.
  await database.set('after', 1);
  expect(await database.checkpoint()).toBe(true);
});

const ENDLESS = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c';

test.for([
  ['that never ends', [ENDLESS], 'STORAGE_TIMEOUT'],
  ['that never ends after its first row', [`SELECT 1 UNION ALL SELECT * FROM (${ENDLESS})`], 'STORAGE_TIMEOUT'],
  [
    'whose trigger never ends',
    [
      'CREATE TABLE a (x)',
      `CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO a SELECT * FROM (${ENDLESS}); END`,
      'INSERT INTO a VALUES (1)',
    ],
    'STORAGE_TIMEOUT',
  ],
  [
    'whose word index reads a view that hardly ends',
    [
      'CREATE TABLE a (x)',
      'INSERT INTO a WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000) SELECT x FROM c',
      'CREATE VIEW v AS SELECT a.rowid, a.x FROM a, a AS b, a AS c',
      "CREATE VIRTUAL TABLE words USING fts5(x, content='v', content_rowid='rowid')",
      "INSERT INTO words(words) VALUES ('rebuild')",
    ],
    'STORAGE_TIMEOUT',
  ],
  ['that needs too much memory to read', ['SELECT length(hex(randomblob(400000000)))'], 'STORAGE_MEMORY'],
  [
    'that needs too much memory to write',
    ['CREATE TABLE b (x)', 'INSERT INTO b VALUES (hex(zeroblob(400000000)))'],
    'STORAGE_MEMORY',
  ],
] as const)('stops a statement %s, serves others all the while, and goes on [PLG-3]', async ([, sql, code]) => {
  const database = await Database.open({ ...temporaryLocation(), statementLimitMs: 1_500 });
  let longest = 0;
  let before = performance.now();
  const begun = before;
  // Letting go of earlier statements waits for the one that runs: there must be none to let go of.
  const garbage = setTimeout(collectGarbage, 200);
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - before);
    before = performance.now();
  }, 10);
  for (const each of sql.slice(0, -1)) await database.batch({ statements: [{ sql: each }] });
  expect(await codeOf(() => database.batch({ statements: [{ sql: sql.at(-1) ?? '' }] }))).toBe(code);
  clearInterval(timer);
  clearTimeout(garbage);
  // Held up by the statement, they would have waited for nearly all of it.
  expect(longest).toBeLessThan(Math.max(700, (before - begun) / 2));
  await database.set('after', 1);
  expect(await database.get('after')).toEqual({ value: 1 });
  await database.close();
});

test('stops a batch that takes too long as a whole, and undoes it [PLG-3]', async () => {
  const database = await Database.open({ ...temporaryLocation(), statementLimitMs: 300 });
  await database.batch({ statements: [TABLE] });
  const count =
    'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100000) SELECT count(*) FROM c';
  const statements = [{ sql: "INSERT INTO line (day) VALUES ('mon')" }, ...Array(500).fill({ sql: count })];
  for (const readOnly of [false, true])
    expect(await codeOf(() => database.batch({ statements: statements.slice(Number(readOnly)), readOnly }))).toBe(
      'STORAGE_TIMEOUT',
    );
  const [left] = await database.batch({ statements: [{ sql: 'SELECT count(*) FROM line' }] });
  expect(left?.rows).toEqual([[0]]);
  await database.close();
});

test('lets go of statements while none runs, however many there were [PLG-3]', async () => {
  const database = await temporaryDatabase();
  await database.batch({ statements: [{ sql: 'CREATE TABLE a (x)' }] });
  for (let at = 0; at < 3_000; at += 1) await database.batch({ statements: [{ sql: `SELECT ${at}` }], readOnly: true });
  const [answer] = await database.batch({ statements: [{ sql: 'SELECT count(*) FROM a' }] });
  expect(answer?.rows).toEqual([[0]]);
});

test('answers rows in the order that was asked for, and columns by their names', async () => {
  const database = await temporaryDatabase();
  await database.batch({ statements: [TABLE] });
  const insert = { sql: 'INSERT INTO line (day, text) VALUES (?, ?)' };
  const days = Array.from({ length: 50 }, (_, at) => ({
    ...insert,
    values: [`${(at * 7) % 50}`.padStart(2, '0'), at],
  }));
  await database.batch({ statements: days });
  const [answer] = await database.batch({
    statements: [
      { sql: 'SELECT day, count(*) AS n FROM line WHERE day < ?1 GROUP BY day ORDER BY day DESC -- ;', values: ['40'] },
    ],
  });
  expect(answer?.columns).toEqual(['day', 'n']);
  expect(answer?.rows).toEqual(Array.from({ length: 40 }, (_, at) => [`${39 - at}`.padStart(2, '0'), 1]));
});

test('does not let a statement of reading grow into another by its brackets [SEC-4]', async () => {
  const database = await temporaryDatabase();
  await database.batch({ statements: [TABLE] });
  const sql = 'SELECT 1) INSERT INTO line (day) WITH q AS (SELECT 1';
  expect(await codeOf(() => database.batch({ statements: [{ sql }], readOnly: true }))).toBe('STORAGE_SQL_INVALID');
});

test('leaves nothing readable on disk, open or closed [DATA-2]', async () => {
  const location = temporaryLocation();
  const database = await Database.open(location);
  const words = ['marked-key-name', 'marked-value-text', 'marked_table', 'marked row text'];
  await database.set('marked-key-name', 'marked-value-text');
  await database.batch({
    statements: [
      { sql: 'CREATE TABLE marked_table (text)' },
      { sql: 'INSERT INTO marked_table VALUES (?)', values: ['marked row text'] },
    ],
  });
  const found = () =>
    readdirSync(dirname(location.path)).flatMap((name) => {
      const bytes = readFileSync(join(dirname(location.path), name));
      return words.filter((word) => bytes.includes(word));
    });
  expect(found()).toEqual([]);
  await database.close();
  expect(found()).toEqual([]);
});

test('tells the columns that a table has after it changed, to those who read and those who write', async () => {
  const database = await temporaryDatabase();
  await database.batch({ statements: [TABLE] });
  const columns = async (readOnly: boolean) =>
    (await database.batch({ statements: [{ sql: 'SELECT * FROM line' }], readOnly }))[0]?.columns;
  for (const readOnly of [true, false]) expect(await columns(readOnly)).toEqual(['id', 'day', 'text']);
  await database.batch({ statements: [{ sql: 'ALTER TABLE line ADD COLUMN mood' }] });
  for (const readOnly of [true, false]) expect(await columns(readOnly)).toEqual(['id', 'day', 'text', 'mood']);
  await database.migrate([{ version: 1, name: 'less', sql: 'ALTER TABLE line DROP COLUMN text' }]);
  for (const readOnly of [true, false]) expect(await columns(readOnly)).toEqual(['id', 'day', 'mood']);
});
