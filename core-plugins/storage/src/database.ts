import { closeSync } from 'node:fs';
import {
  AicoError,
  type KeyEntries,
  type KeyList,
  type Migrated,
  type Migration,
  type SqlBatch,
  type SqlResult,
} from '@aico/sdk';
import { AnswerTooLarge, type Connection } from './connection.ts';
import { deleteKey, getKey, KEY_TABLE, listKeys, setKey } from './key-table.ts';
import { applyMigrations, MIGRATION_TABLE } from './migrations.ts';
import { type DatabaseLocation, keepForEver, type OpenDatabase, openDatabase } from './open-database.ts';
import { storageError } from './sql-errors.ts';
import { type CheckedStatement, checkStatement } from './sql-statement.ts';
import { toNative } from './sql-values.ts';
import { VectorTable } from './vector-table.ts';
import { logBytes, readLoggedPages } from './write-ahead-log.ts';

/** Bounds of the answer to one batch; a message holds at most 16 MiB. */
const ANSWER = { rows: 100_000, bytes: 12 * 1024 * 1024 };
/** Counts what may make an insertion run long; rather too much of it than too little. */
const COUNT_LOGIC = `SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE '\\_aico\\_%' ESCAPE '\\' AND (type = 'trigger'
  OR sql LIKE '%check%(%' OR sql LIKE '% as%(%' OR sql LIKE '%default%(%' OR sql LIKE '%references%'
  OR type = 'index' AND (sql LIKE '%where%' OR sql LIKE '%(%(%'))`;
const CHECKPOINT_AT_LOG_BYTES = 16 * 1024 * 1024;

/** The database of one plugin. Calls must not overlap. After STORAGE_DAMAGED it takes no more. */
export class Database {
  readonly #location: DatabaseLocation;
  readonly #opened: OpenDatabase;
  readonly #connection: Connection;
  readonly #vectors: VectorTable;
  #plain: boolean | undefined;
  #held = false;

  private constructor(location: DatabaseLocation, opened: OpenDatabase) {
    this.#location = location;
    this.#opened = opened;
    this.#connection = opened.connection;
    this.#vectors = new VectorTable(opened.connection);
  }

  /** Opens or creates it. @throws AicoError STORAGE_… */
  static async open(location: DatabaseLocation): Promise<Database> {
    const database = new Database(location, await openDatabase(location));
    await database.#guarded(() =>
      database.#connection.transaction('IMMEDIATE', async () => {
        await database.#connection.exec(KEY_TABLE);
        await database.#connection.exec(MIGRATION_TABLE);
      }),
    );
    return database;
  }

  /** Runs statements in one transaction. */
  async batch({ statements, readOnly = false }: SqlBatch): Promise<SqlResult[]> {
    const { plugin } = this.#location;
    const checked = new Map<string, CheckedStatement>();
    const work = statements.map(({ sql, values = [] }) => {
      const statement = checked.get(sql) ?? checkStatement(plugin, sql);
      checked.set(sql, statement);
      if (readOnly && statement.does !== 'read') throw new AicoError('STORAGE_SQL_READ_ONLY', { subject: plugin });
      assertFits(plugin, statement, values.length);
      return { statement, values: values.map((value) => toNative(plugin, value)) };
    });
    const [first] = work;
    // One statement that reads is whole by itself.
    if (work.length === 1 && first?.statement.does === 'read') {
      const run = this.#connection.runner(ANSWER, false);
      return this.#guarded(async () => [await run(first.statement, first.values)]);
    }
    if (work.some(({ statement }) => statement.does === 'define')) this.#plain = undefined;
    return this.#changing(() =>
      this.#connection.transaction(readOnly ? 'DEFERRED' : 'IMMEDIATE', async () => {
        const plain = work.every(({ statement }) => statement.does !== 'define') && (await this.#isPlain());
        const run = this.#connection.runner(ANSWER, plain);
        const results: SqlResult[] = [];
        for (const { statement, values } of work) results.push(await run(statement, values));
        return results;
      }),
    );
  }

  migrate(migrations: readonly Migration[]): Promise<Migrated> {
    this.#plain = undefined;
    return this.#changing(() => applyMigrations(this.#connection, this.#location.plugin, migrations));
  }

  get(key: string): Promise<{ value?: unknown }> {
    return this.#guarded(() => getKey(this.#connection, this.#location.plugin, key));
  }

  set(key: string, value: unknown): Promise<void> {
    return this.#changing(() => setKey(this.#connection, this.#location.plugin, key, value));
  }

  delete(key: string): Promise<boolean> {
    return this.#changing(() => deleteKey(this.#connection, this.#location.plugin, key));
  }

  list(options: KeyList): Promise<KeyEntries> {
    return this.#guarded(() => listKeys(this.#connection, this.#location.plugin, options, ANSWER.bytes));
  }

  /** Works on the vectors that are kept beside the plugin's own tables. */
  vectors<Result>(work: (table: VectorTable) => Promise<Result>): Promise<Result> {
    return this.#changing(() => work(this.#vectors));
  }

  /** Leaves the file as it is, while somebody copies it: what changes stays in the log. */
  hold(): void {
    this.#held = true;
  }

  get isHeld(): boolean {
    return this.#held;
  }

  /** Ends `hold`. */
  release(): void {
    this.#held = false;
  }

  /** Moves the log into the file and seals it. A log that cannot be moved now stays, and is whole. */
  async checkpoint(): Promise<boolean> {
    if (this.#held) return false;
    const { seal, file } = this.#opened;
    const log = `${this.#location.path}-wal`;
    if (logBytes(log) === 0) return true;
    return this.#guarded(async () => {
      seal.open(readLoggedPages(log));
      if (!(await this.#connection.checkpoint())) return false;
      seal.close(file);
      return true;
    });
  }

  /** Checkpoints and lets go of file and key. */
  async close(): Promise<void> {
    const moved = await this.checkpoint().catch(() => false);
    if (moved) this.#connection.close();
    else keepForEver(this.#connection);
    closeSync(this.#opened.file);
    this.#opened.seal.dispose();
  }

  /** Lets go without touching the files: they are damaged. */
  abandon(): void {
    keepForEver(this.#connection);
    closeSync(this.#opened.file);
    this.#opened.seal.dispose();
  }

  /** Whether an insertion does nothing but insert: no trigger, no check, no computed column, no index over expressions. */
  async #isPlain(): Promise<boolean> {
    if (this.#plain === undefined) {
      const [row] = await this.#connection.rows(COUNT_LOGIC);
      this.#plain = row?.[0] === 0;
    }
    return this.#plain;
  }

  async #changing<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = await this.#guarded(work);
    // What was asked for is done and safe; a checkpoint that fails is tried again after the next change.
    if (logBytes(`${this.#location.path}-wal`) > CHECKPOINT_AT_LOG_BYTES) await this.checkpoint().catch(() => false);
    return result;
  }

  async #guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    const { plugin, path } = this.#location;
    try {
      await this.#connection.tidy();
      return await work();
    } catch (error) {
      if (error instanceof AnswerTooLarge) {
        const limit = `${ANSWER.rows} rows or ${ANSWER.bytes / 1024 / 1024} MiB`;
        throw new AicoError('STORAGE_RESULT_TOO_LARGE', { subject: plugin, details: { limit } });
      }
      throw storageError(plugin, path, error);
    }
  }
}

function assertFits(plugin: string, { placeholders }: CheckedStatement, values: number): void {
  if (values === placeholders) return;
  const problem = `it has ${placeholders} placeholders, but came with ${values} values`;
  throw new AicoError('STORAGE_SQL_INVALID', { subject: plugin, details: { problem } });
}
