import { createHash } from 'node:crypto';
import { AicoError, isAicoError, type Migration } from '@aico/sdk';
import type { Connection } from './connection.ts';
import { type CheckedStatement, checkStatement, splitStatements } from './sql-statement.ts';

export const MIGRATION_TABLE =
  'CREATE TABLE IF NOT EXISTS _aico_migrations (version INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT';

/** What is to be done to a database. */
export interface MigrationPlan {
  /** The last step that was applied. */
  readonly found: number;
  readonly pending: readonly Migration[];
}

/** @throws AicoError STORAGE_NEWER, STORAGE_MIGRATION_CHANGED, STORAGE_MIGRATION_ORDER */
export async function planMigrations(
  connection: Connection,
  plugin: string,
  migrations: readonly Migration[],
): Promise<MigrationPlan> {
  assertOrder(plugin, migrations);
  const rows = await connection.rows('SELECT version, checksum FROM _aico_migrations ORDER BY version');
  const found = Number(rows.at(-1)?.[0] ?? 0);
  const known = migrations.length;
  if (found > known) throw new AicoError('STORAGE_NEWER', { subject: plugin, details: { found, known } });
  for (const [version, checksum] of rows) {
    const step = migrations[Number(version) - 1];
    if (step && checksumOf(step) !== checksum) throw stepError('STORAGE_MIGRATION_CHANGED', plugin, step);
  }
  return { found, pending: migrations.slice(found) };
}

/**
 * Applies steps, all or none. A table is rebuilt without its references being followed; they are checked before any step counts.
 * @throws AicoError STORAGE_MIGRATION_FAILED
 */
export async function applySteps(connection: Connection, plugin: string, steps: readonly Migration[]): Promise<void> {
  const work = steps.map((step) => ({
    step,
    statements: splitStatements(step.sql).map((sql) => checkStatement(plugin, sql)),
  }));
  await connection.exec('PRAGMA foreign_keys = OFF');
  try {
    await connection.transaction('MIGRATION', async () => {
      for (const { step, statements } of work) await applyStep(connection, plugin, step, statements);
    });
  } finally {
    await connection.exec('PRAGMA foreign_keys = ON');
  }
}

async function applyStep(
  connection: Connection,
  plugin: string,
  step: Migration,
  statements: readonly CheckedStatement[],
): Promise<void> {
  try {
    for (const { sql } of statements) await connection.rows(sql);
    const [violation] = await connection.rows('PRAGMA foreign_key_check');
    if (violation)
      throw stepError('STORAGE_MIGRATION_FAILED', plugin, step, `a row of ${violation[0]} refers to nothing`);
    await connection.rows('INSERT INTO _aico_migrations VALUES (?, ?, ?, ?)', [
      BigInt(step.version),
      step.name,
      checksumOf(step),
      new Date().toISOString(),
    ]);
  } catch (error) {
    // What the disk or the clock says is not the step's fault.
    const { code = '', message = '' } = error as { code?: string; message?: string };
    if (isAicoError(error) || /^SQLITE_(FULL|IOERR|READONLY|CORRUPT|NOTADB|BUSY|CANTOPEN|INTERRUPT)/.test(code))
      throw error;
    throw stepError('STORAGE_MIGRATION_FAILED', plugin, step, message.slice(0, 200), error);
  }
}

function assertOrder(plugin: string, migrations: readonly Migration[]): void {
  const at = migrations.findIndex(({ version }, index) => version !== index + 1);
  if (at < 0) return;
  const problem = `step ${at + 1} has the number ${migrations[at]?.version}`;
  throw new AicoError('STORAGE_MIGRATION_ORDER', { subject: plugin, details: { problem } });
}

/** Line ends differ between checkouts; the step does not. */
function checksumOf({ name, sql }: Migration): string {
  return createHash('sha256')
    .update(`${name}\n${sql.replaceAll('\r\n', '\n')}`)
    .digest('hex');
}

function stepError(
  code: 'STORAGE_MIGRATION_CHANGED' | 'STORAGE_MIGRATION_FAILED',
  plugin: string,
  { version, name }: Migration,
  problem = '',
  cause?: unknown,
): AicoError {
  return new AicoError(code, { subject: plugin, details: { version, name, problem }, cause });
}
