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
import { AnswerTooLarge, Connection } from './connection.ts';
import { deleteKey, getKey, KEY_TABLE, listKeys, setKey } from './key-table.ts';
import { applySteps, MIGRATION_TABLE, planMigrations } from './migrations.ts';
import { type DatabaseLocation, keepForEver, type OpenDatabase, openDatabase } from './open-database.ts';
import { isPlain } from './plain-definitions.ts';
import { RestorePoint } from './restore-point.ts';
import { SizeLimit } from './size-limit.ts';
import { storageError } from './sql-errors.ts';
import { type CheckedStatement, checkStatement } from './sql-statement.ts';
import { type NativeValue, toNative } from './sql-values.ts';
import { VectorTable } from './vector-table.ts';
import { logBytes, readLoggedPages } from './write-ahead-log.ts';

/** Bounds of the answer to one batch; a message holds at most 16 MiB. */
const ANSWER = { rows: 100_000, bytes: 12 * 1024 * 1024 };
/** What a plugin defined itself. */
const DEFINITIONS = `SELECT type, sql FROM sqlite_schema WHERE name NOT LIKE '\\_aico\\_%' ESCAPE '\\' AND sql IS NOT NULL`;
const COUNT_CONTENT = `SELECT (SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE '\\_aico\\_%' ESCAPE '\\'
  AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\') + (SELECT count(*) FROM _aico_kv)`;
const INTERRUPT_EVERY_MS = 20;
const CHECK_LIMIT_MS = 60 * 60_000;
const CHECK_TABLE = 'CREATE TABLE IF NOT EXISTS _aico_checks (at INTEGER NOT NULL) STRICT';
const CHECKPOINT_AT_LOG_BYTES = 16 * 1024 * 1024;
/** So many times as long may the log become while somebody reads. */
const PATIENCE = 8;

/**
 * The database of one plugin. Calls that change must not overlap, nor calls that read; reading goes on beside a change, and sees
 * what was committed before it began. After STORAGE_DAMAGED it takes no more.
 */
export class Database {
  readonly #location: DatabaseLocation;
  readonly #opened: OpenDatabase;
  readonly #connection: Connection;
  /** For reading; made when it is first needed. */
  #reader: Connection | undefined;
  #reading = 0;
  #check: RunningCheck | undefined;
  #closed = false;
  readonly #size: SizeLimit;
  readonly #vectors: VectorTable;
  #plain: boolean | undefined;
  #held = false;

  private constructor(location: DatabaseLocation, opened: OpenDatabase) {
    this.#location = location;
    this.#opened = opened;
    this.#connection = opened.connection;
    this.#size = new SizeLimit(opened.connection);
    this.#vectors = new VectorTable(opened.connection);
  }

  /** Opens or creates it. @throws AicoError STORAGE_… */
  static async open(location: DatabaseLocation): Promise<Database> {
    const database = new Database(location, await openDatabase(location));
    await database.#guarded(() =>
      database.#connection.transaction('IMMEDIATE', async () => {
        await database.#connection.exec(KEY_TABLE);
        await database.#connection.exec(MIGRATION_TABLE);
        await database.#connection.exec(CHECK_TABLE);
      }),
    );
    return database;
  }

  /** Holds it to a size, less what its plugin keeps elsewhere, from the next change on. */
  limit(megabytes: number, elsewhere = 0): Promise<void> {
    return this.#guarded(() => this.#size.set(megabytes, elsewhere));
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
    const isOneRead = work.length === 1 && first?.statement.does === 'read';
    if (readOnly)
      return this.#read((reader) => {
        const run = () => runAll(reader.runner(ANSWER, false), work);
        return isOneRead ? run() : reader.transaction('DEFERRED', run);
      });
    if (isOneRead) return this.#guarded(() => runAll(this.#connection.runner(ANSWER, false), work));
    const defines = work.some(({ statement }) => statement.does === 'define');
    if (defines) this.#plain = undefined;
    const changing = this.#changing(() =>
      this.#connection.transaction('IMMEDIATE', async () => {
        const plain = work.every(({ statement }) => statement.does !== 'define') && (await this.#isPlain());
        return runAll(this.#connection.runner(ANSWER, plain), work);
      }),
    );
    return defines ? changing.finally(() => this.#forgetStatements()) : changing;
  }

  /** Applies steps that were not applied yet, all or none, with a copy of everything from before. @throws AicoError STORAGE_… */
  migrate(migrations: readonly Migration[]): Promise<Migrated> {
    const { plugin, path } = this.#location;
    this.#plain = undefined;
    return this.#changing(async () => {
      const { found, pending } = await planMigrations(this.#connection, plugin, migrations);
      const applied = pending.map(({ version }) => version);
      if (pending.length === 0) return { version: found, applied };
      const point = (await this.#isEmpty())
        ? undefined
        : await RestorePoint.make(path, found, (copy) => this.#settle(copy));
      try {
        await applySteps(this.#connection, plugin, pending);
      } catch (error) {
        point?.drop();
        throw error;
      }
      this.#forgetStatements();
      return { version: migrations.length, applied };
    });
  }

  get(key: string): Promise<{ value?: unknown }> {
    return this.#read((reader) => getKey(reader, this.#location.plugin, key));
  }

  set(key: string, value: unknown): Promise<void> {
    return this.#changing(() => setKey(this.#connection, this.#location.plugin, key, value));
  }

  delete(key: string): Promise<boolean> {
    return this.#changing(() => deleteKey(this.#connection, this.#location.plugin, key));
  }

  list(options: KeyList): Promise<KeyEntries> {
    return this.#read((reader) => listKeys(reader, this.#location.plugin, options, ANSWER.bytes));
  }

  /** When all of it was looked through last, ms since 1970. */
  async checkedAt(): Promise<number | undefined> {
    const [row] = await this.#read((reader) => reader.rows('SELECT max(at) FROM _aico_checks'));
    return row?.[0] === null ? undefined : Number(row?.[0]);
  }

  /** Writes down that all of it was looked through. */
  noteCheck(at: number): Promise<unknown> {
    return this.#changing(() =>
      this.#connection.transaction('IMMEDIATE', async () => {
        await this.#connection.exec('DELETE FROM _aico_checks');
        await this.#connection.rows('INSERT INTO _aico_checks VALUES (?)', [BigInt(at)]);
      }),
    );
  }

  /**
   * Looks through all of it, on a connection of its own, beside what else is done; false when it was stopped.
   * @throws AicoError STORAGE_DAMAGED
   */
  async check(): Promise<boolean> {
    if (this.#closed) return false;
    const check: RunningCheck = { over: Promise.withResolvers(), stopped: false };
    this.#check = check;
    this.#reading += 1;
    try {
      await this.#guarded(() => this.#lookThrough(check), false);
      return !check.stopped;
    } catch (error) {
      if (check.stopped) return false;
      throw error;
    } finally {
      check.connection?.close();
      this.#reading -= 1;
      this.#check = undefined;
      check.over.resolve();
    }
  }

  async #lookThrough(check: RunningCheck): Promise<void> {
    const { path, key } = this.#location;
    check.connection = await Connection.open(path, key, CHECK_LIMIT_MS);
    if (check.stopped) return;
    if (await this.#opened.findChange(() => check.stopped)) throw this.#damaged('its file was changed or cut');
    if (check.stopped) return;
    const [row] = await check.connection.rows('PRAGMA integrity_check(1)');
    if (row?.[0] !== 'ok') throw this.#damaged('its structure is broken');
  }

  /** Stops a check that goes on; resolves when it is over. */
  async stopCheck(): Promise<void> {
    const check = this.#check;
    if (check === undefined) return;
    check.stopped = true;
    // What has not begun cannot be interrupted yet.
    const again = setInterval(() => check.connection?.interrupt(), INTERRUPT_EVERY_MS);
    check.connection?.interrupt();
    await check.over.promise;
    clearInterval(again);
  }

  /** Ends the statements that run: they fail with STORAGE_TIMEOUT. */
  interrupt(): void {
    this.#connection.interrupt();
    this.#reader?.interrupt();
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
    this.#closed = true;
    await this.stopCheck();
    this.#reader?.close();
    const moved = await this.checkpoint().catch(() => false);
    if (moved) this.#connection.close();
    else keepForEver(this.#connection);
    closeSync(this.#opened.file);
    this.#opened.seal.dispose();
  }

  /** Lets go without touching the files: they are damaged. */
  abandon(): void {
    this.#closed = true;
    keepForEver(this.#connection);
    if (this.#reader !== undefined) keepForEver(this.#reader);
    closeSync(this.#opened.file);
    this.#opened.seal.dispose();
  }

  /** Moves the log of a copy into its file. */
  async #settle(path: string): Promise<void> {
    const copy = await Database.open({ ...this.#location, path });
    await copy.close();
    if (logBytes(`${path}-wal`) > 0) throw new AicoError('STORAGE_BUSY', { subject: this.#location.plugin });
  }

  #forgetStatements(): void {
    this.#connection.forgetStatements();
    this.#reader?.forgetStatements();
  }

  #damaged(problem: string): AicoError {
    const { plugin, path } = this.#location;
    return new AicoError('STORAGE_DAMAGED', { subject: plugin, details: { problem, file: path } });
  }

  async #isEmpty(): Promise<boolean> {
    const [row] = await this.#connection.rows(COUNT_CONTENT);
    return row?.[0] === 0;
  }

  /** Whether an insertion does nothing but insert: no trigger, no check, no computed column, no index over expressions, no module. */
  async #isPlain(): Promise<boolean> {
    if (this.#plain === undefined) {
      const rows = await this.#connection.rows(DEFINITIONS);
      this.#plain = rows.every(([type, sql]) => isPlain({ type: String(type), sql: String(sql) }));
    }
    return this.#plain;
  }

  async #changing<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = await this.#guarded(work);
    // What was asked for is done and safe; a checkpoint that fails is tried again after the next change.
    // While somebody reads, the log cannot be emptied, and trying would take its time.
    const most = CHECKPOINT_AT_LOG_BYTES * (this.#reading > 0 ? PATIENCE : 1);
    if (logBytes(`${this.#location.path}-wal`) > most) await this.checkpoint().catch(() => false);
    return result;
  }

  /** Reads on a connection of its own, so that it waits for no change. */
  async #read<Result>(work: (reader: Connection) => Promise<Result>): Promise<Result> {
    const { path, key, statementLimitMs } = this.#location;
    this.#reading += 1;
    try {
      return await this.#guarded(async () => {
        this.#reader ??= await Connection.open(path, key, statementLimitMs);
        await this.#reader.tidy();
        return work(this.#reader);
      }, false);
    } finally {
      this.#reading -= 1;
    }
  }

  async #guarded<Result>(work: () => Promise<Result>, tidy = true): Promise<Result> {
    const { plugin, path } = this.#location;
    try {
      if (tidy) await this.#connection.tidy();
      return await work();
    } catch (error) {
      if (error instanceof AnswerTooLarge) {
        const limit = `${ANSWER.rows} rows or ${ANSWER.bytes / 1024 / 1024} MiB`;
        throw new AicoError('STORAGE_RESULT_TOO_LARGE', { subject: plugin, details: { limit } });
      }
      throw await this.#size.explain(storageError(plugin, path, error), plugin, path);
    }
  }
}

interface RunningCheck {
  readonly over: PromiseWithResolvers<void>;
  connection?: Connection;
  stopped: boolean;
}

interface Work {
  readonly statement: CheckedStatement;
  readonly values: readonly NativeValue[];
}

async function runAll(run: ReturnType<Connection['runner']>, work: readonly Work[]): Promise<SqlResult[]> {
  const results: SqlResult[] = [];
  for (const { statement, values } of work) results.push(await run(statement, values));
  return results;
}

function assertFits(plugin: string, { placeholders }: CheckedStatement, values: number): void {
  if (values === placeholders) return;
  const problem = `it has ${placeholders} placeholders, but came with ${values} values`;
  throw new AicoError('STORAGE_SQL_INVALID', { subject: plugin, details: { problem } });
}
