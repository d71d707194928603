import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkStatement, splitStatements } from '../src/sql-statement.ts';
import { codeOf } from './temporary-database.ts';

const ALLOWED = [
  'SELECT 1',
  "select \"a;b\", 'it''s; fine' from [odd;name] -- tail; comment\n;",
  '/* lead; */ WITH x AS (SELECT 1 AS a) SELECT * FROM x;',
  'WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x RETURNING a',
  'INSERT INTO t (a) VALUES (?) ON CONFLICT DO UPDATE SET a = excluded.a',
  'REPLACE INTO t VALUES (1)',
  'UPDATE t SET a = 1',
  'DELETE FROM t',
  'CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT',
  'CREATE UNIQUE INDEX i ON t (a)',
  "CREATE VIRTUAL TABLE f USING fts5(a, tokenize = 'porter')",
  'CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = CASE WHEN 1 THEN 2 END; DELETE FROM t; END;',
  'DROP TABLE IF EXISTS t',
  'ALTER TABLE t ADD COLUMN b TEXT',
  'EXPLAIN QUERY PLAN SELECT * FROM t',
  'PRAGMA table_info(t)',
  "PRAGMA foreign_key_list('t')",
  'ANALYZE',
  'REINDEX t',
  'VALUES (1), (2)',
  'SELECT replicate, padl FROM t WHERE proper IN (1)',
  "SELECT * FROM pragma_table_info('t')",
];

const DENIED = [
  "ATTACH DATABASE '/tmp/other.db' AS other",
  "/**/aTTach /* x */ 'x' AS y",
  "\ufeffATTACH 'x' AS y",
  'DETACH main',
  "VACUUM INTO '/tmp/copy.db'",
  'VACUUM',
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
  'SAVEPOINT a',
  'RELEASE a',
  'PRAGMA synchronous = OFF',
  'PRAGMA journal_mode(delete)',
  'PRAGMA hexkey',
  "PRAGMA rekey = 'x'",
  'PRAGMA main.table_info(t)',
  'PRAGMA table_info(t), x',
  'PRAGMA writable_schema = ON',
  "SELECT load_extension('/tmp/evil.so')",
  'SELECT "load_extension"(\'/tmp/evil.so\')',
  "SELECT [Load_Extension]('x')",
  "SELECT sqlite3mc_config('cipher', 'none')",
  'SELECT * FROM sqlite_dbpage',
  'UPDATE "sqlite_dbpage" SET data = zeroblob(4096)',
  'SELECT * FROM _aico_kv',
  'DELETE FROM "_aico_migrations"',
  "DELETE FROM '_aico_migrations'",
  "SELECT * FROM 'sqlite_dbpage'",
  "CREATE TRIGGER '_aico_t' AFTER INSERT ON t BEGIN SELECT 1; END",
  'CREATE VIRTUAL TABLE f USING fts5(a, content=_aico_kv)',
  "SELECT readfile('/etc/passwd')",
  "SELECT \"writefile\"('/tmp/x', 'y')",
  "SELECT * FROM fsdir WHERE path = '/'",
  "SELECT * FROM 'fsdir' WHERE path = '/'",
  'SELECT lsmode(1)',
  "SELECT sha3_query('ATTACH ''/tmp/x'' AS y')",
  'SELECT * FROM pragma_database_list',
  "SELECT replicate('aaaa', 4611686018427387904)",
  'SELECT "padl" /* x */ (\'a\', 1)',
  'CREATE TEMP TABLE t (a)',
  'CREATE VIRTUAL TABLE v USING dbstat',
  'CREATE VIRTUAL TABLE v',
  "CREATE FUNCTION f LANGUAGE wasm AS '...'",
  'DROP FUNCTION f',
  'ALTER DATABASE x',
  "EXPLAIN ATTACH 'x' AS y",
  'EXPLAIN PRAGMA synchronous = OFF',
  '"SELECT" 1',
  '(SELECT 1)',
];

test.each(ALLOWED)('allows %s', (sql) => {
  expect(checkStatement('diary', sql).sql.length).toBeGreaterThan(0);
});

test.each(DENIED)('refuses %s [SEC-4]', async (sql) => {
  expect(await codeOf(() => checkStatement('diary', sql))).toBe('STORAGE_SQL_DENIED');
});

test('refuses none, several, and cut statements', async () => {
  for (const sql of ['', ' -- nothing', ';', 'SELECT 1; SELECT 2', "SELECT 1;ATTACH 'x' AS y", 'SELECT 1 \u0000 x'])
    expect(await codeOf(() => checkStatement('diary', sql))).toBe('STORAGE_SQL_INVALID');
});

test('tells reading from changing and defining, through WITH and EXPLAIN', () => {
  const does = (sql: string) => checkStatement('diary', sql).does;
  expect(
    [
      'SELECT 1',
      'WITH x AS (DELETE) SELECT 1',
      'WITH x AS (SELECT 1) DELETE FROM t',
      'EXPLAIN DELETE FROM t',
      'PRAGMA table_list',
      'INSERT INTO t VALUES (1)',
      'DROP TABLE t',
    ].map(does),
  ).toEqual(['read', 'read', 'change', 'read', 'read', 'change', 'define']);
});

test('counts placeholders as SQLite numbers them', () => {
  const count = (sql: string) => checkStatement('diary', sql).placeholders;
  expect(
    ['SELECT ?, ?', 'SELECT ?2, ?1, ?2', 'SELECT :a, @b, $c, :a', 'SELECT \'?\', "?", ? -- ?', 'SELECT ?5, ?'].map(
      count,
    ),
  ).toEqual([2, 2, 3, 1, 6]);
});

test('any text inside quotes and comments stays inside', () => {
  const piece = fc.string({ unit: fc.constantFrom(';', "'", '"', '`', ']', '-', '*', '/', '\n', 'ATTACH ', 'x') });
  fc.assert(
    fc.property(piece, piece, piece, (text, name, comment) => {
      const sql = `SELECT '${text.replaceAll("'", "''")}' AS "${name.replaceAll('"', '""')}" /* ${comment.replaceAll('*/', '')} */`;
      fc.pre(!comment.replaceAll('*/', '').includes('*/') && !comment.endsWith('*'));
      expect(splitStatements(`${sql};SELECT 2`)).toHaveLength(2);
      expect(checkStatement('diary', sql).does).toBe('read');
    }),
  );
});
