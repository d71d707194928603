import { expect, test } from 'vitest';
import { isPlain } from '../src/plain-definitions.ts';

test.for([
  ['table', 'CREATE TABLE a (id INTEGER PRIMARY KEY, last TEXT NOT NULL DEFAULT \'x\', "as" TEXT, [check] TEXT)', true],
  ['index', 'CREATE UNIQUE INDEX i ON a (last, "where")', true],
  ['view', 'CREATE VIEW v AS SELECT * FROM a', true],
  ['table', 'CREATE TABLE a (x, y AS (x))', false],
  ['table', 'CREATE TABLE a (x, y GENERATED ALWAYS\nAS (x) STORED)', false],
  ['table', 'CREATE TABLE a (x, y text/**/as(x))', false],
  ['table', 'CREATE TABLE a (x CHECK(x > 1))', false],
  ['table', 'CREATE TABLE a (x DEFAULT (random()))', false],
  ['table', 'CREATE TABLE a (x REFERENCES b)', false],
  ['table', "CREATE VIRTUAL TABLE w USING fts5(x, content='v')", false],
  ['index', 'CREATE INDEX i ON a (lower(x))', false],
  ['index', 'CREATE INDEX i ON a (x) WHERE x > 1', false],
  ['trigger', 'CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END', false],
] as const)('an insertion where there is the %s "%s" does nothing else: %s [PLG-3]', ([type, sql, plain]) => {
  expect(isPlain({ type, sql })).toBe(plain);
});
