import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import {
  AicoError,
  type Migrate,
  type Permission,
  type SqlBatch,
  type SqlResult,
  type SqlStatement,
} from '@aico/schemas';
import type { TestKernel } from './test-kernel.ts';

type SqlValue = NonNullable<SqlStatement['values']>[number];

const TOPICS = [
  'storage.kv.get.v1',
  'storage.kv.set.v1',
  'storage.kv.delete.v1',
  'storage.kv.list.v1',
  'storage.sql.batch.v1',
  'storage.sql.migrate.v1',
] as const;
const SECRET_TOPICS = ['vault.secret.get.v1', 'vault.secret.put.v1', 'vault.secret.delete.v1'] as const;
const DEFAULT_LIMIT = 100;

/**
 * Serves `ctx.storage` for the plugins of a test: a database in memory for each, not encrypted. They outlive their plugins,
 * so that a test can load one again and see what it kept.
 */
export async function serveStorage(kernel: TestKernel): Promise<void> {
  const { bus } = await kernel.peer({ id: 'storage', permissions: TOPICS.map(serving) });
  const databases = new Map<string, DatabaseSync>();
  const entries = new Map<string, Map<string, unknown>>();
  const databaseOf = (plugin: string): DatabaseSync => getOrAdd(databases, plugin, () => new DatabaseSync(':memory:'));
  const entriesOf = (plugin: string): Map<string, unknown> => getOrAdd(entries, plugin, () => new Map());

  await bus.serve('storage.kv.get.v1', ({ sender, data }) => ({ value: entriesOf(sender).get(data.key) }));
  await bus.serve('storage.kv.set.v1', ({ sender, data }) => {
    entriesOf(sender).set(data.key, data.value);
    return {};
  });
  await bus.serve('storage.kv.delete.v1', ({ sender, data }) => ({ deleted: entriesOf(sender).delete(data.key) }));
  await bus.serve('storage.kv.list.v1', ({ sender, data: { prefix = '', after = '', limit = DEFAULT_LIMIT } }) => {
    const keys = [...entriesOf(sender).keys()].sort().filter((key) => key.startsWith(prefix) && key > after);
    const page = keys.slice(0, limit).map((key) => ({ key, value: entriesOf(sender).get(key) }));
    const last = page.at(-1);
    return keys.length > limit && last !== undefined ? { entries: page, next: last.key } : { entries: page };
  });
  await bus.serve('storage.sql.batch.v1', ({ sender, data }) => ({
    results: runBatch(databaseOf(sender), sender, data),
  }));
  await bus.serve('storage.sql.migrate.v1', ({ sender, data }) => migrate(databaseOf(sender), data));
}

/** Serves `ctx.secrets` for the plugins of a test. Returns what they keep, by plugin and name. */
export async function serveSecrets(kernel: TestKernel): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const { bus } = await kernel.peer({ id: 'vault', permissions: SECRET_TOPICS.map(serving) });
  const secrets = new Map<string, Map<string, string>>();
  const secretsOf = (plugin: string): Map<string, string> => getOrAdd(secrets, plugin, () => new Map());
  await bus.serve('vault.secret.get.v1', ({ sender, data }) => {
    const value = secretsOf(sender).get(data.name);
    return value === undefined ? {} : { value };
  });
  await bus.serve('vault.secret.put.v1', ({ sender, data }) => {
    secretsOf(sender).set(data.name, data.value);
    return {};
  });
  await bus.serve('vault.secret.delete.v1', ({ sender, data }) => {
    secretsOf(sender).delete(data.name);
    return {};
  });
  return secrets;
}

function serving(topic: string): Pick<Permission, 'verb' | 'topic'> {
  return { verb: 'serve', topic };
}

function getOrAdd<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

function migrate(database: DatabaseSync, { migrations }: Migrate): { version: number; applied: number[] } {
  const { user_version: version } = database.prepare('pragma user_version').get() as { user_version: number };
  const due = migrations.filter((step) => step.version > version);
  for (const step of due) database.exec(`begin; ${step.sql}; pragma user_version = ${step.version}; commit;`);
  return { version: due.at(-1)?.version ?? version, applied: due.map((step) => step.version) };
}

function runBatch(database: DatabaseSync, plugin: string, { statements }: SqlBatch): SqlResult[] {
  database.exec('begin');
  try {
    const results = statements.map((statement) => runStatement(database, statement));
    database.exec('commit');
    return results;
  } catch (error) {
    database.exec('rollback');
    const problem = error instanceof Error ? error.message : String(error);
    throw new AicoError('STORAGE_SQL_INVALID', { subject: plugin, details: { problem } });
  }
}

function runStatement(database: DatabaseSync, { sql, values = [] }: SqlStatement): SqlResult {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  const columns = statement.columns().map(({ name }) => name);
  const bound = values.map(toSqlite);
  if (columns.length === 0) return { columns, rows: [], changes: Number(statement.run(...bound).changes) };
  const rows = statement.all(...bound) as unknown as SQLOutputValue[][];
  return { columns, rows: rows.map((row) => row.map(fromSqlite)), changes: 0 };
}

function toSqlite(value: SqlValue): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' && value !== null ? Buffer.from(value.base64 ?? '', 'base64') : value;
}

function fromSqlite(value: SQLOutputValue): SqlValue {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  return typeof value === 'bigint' ? Number(value) : value;
}
