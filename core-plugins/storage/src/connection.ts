import { setImmediate } from 'node:timers/promises';
import type { SqlResult, SqlValue } from '@aico/sdk';
import Libsql from 'libsql/promise';
import { collectGarbage } from './collect-garbage.ts';
import type { CheckedStatement } from './sql-statement.ts';
import { fromNative, type NativeValue, sizeOf } from './sql-values.ts';

/** What of libSQL is used. `prepare`, `exec` and the first row run on libSQL's own threads; the rest runs here. */
interface NativeStatement {
  readonly reader: boolean;
  raw(raw: boolean): this;
  safeIntegers(safe: boolean): this;
  columns(): { name: string }[];
  run(values: readonly NativeValue[]): { changes: number };
  iterate(values: readonly NativeValue[]): Promise<IterableIterator<NativeValue[]>>;
}
interface NativeDatabase {
  readonly inTransaction: boolean;
  prepare(sql: string): Promise<NativeStatement>;
  exec(sql: string): Promise<void>;
  interrupt(): void;
  close(): void;
}
const NativeDatabase = Libsql as unknown as new (path: string, options: { encryptionKey: string }) => NativeDatabase;

// libSQL makes as many threads as there are cores, and each statement that runs long takes one: on a small machine, all.
process.env['TOKIO_WORKER_THREADS'] ??= '8';

/** Bounds of one answer. */
export interface AnswerLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** Thrown when an answer is larger than its limits. */
export class AnswerTooLarge extends Error {}

/** A statement may take so long. */
const STATEMENT_LIMIT_MS = 10_000;
/** So many times as long may all statements of a transaction take together, and so many times the steps of a migration. */
const BATCH_STATEMENTS = 6;
const MIGRATION_STATEMENTS = 180;
const INTERRUPT_EVERY_MS = 100;
/** So many statements run before other work gets a turn. */
const TURN_STATEMENTS = 200;
/** Statements and cursors, and their text, that are kept until they are let go of together. */
const HELD_OBJECTS = 1_000;
const HELD_CHARACTERS = 4 * 1024 * 1024;
/** About what a result takes in an answer before its rows. */
const EMPTY_RESULT_BYTES = 40;
const NO_LIMITS: AnswerLimits = { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
const SETTINGS = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'busy_timeout = 1000',
  'foreign_keys = ON',
  // A checkpoint is made by hand: the seal has to know of it.
  'wal_autocheckpoint = 0',
  // Nothing is written to temporary files, which would not be encrypted.
  'temp_store = MEMORY',
  'cell_size_check = ON',
  'secure_delete = ON',
  'cache_size = -4096',
  // For all databases together: caches give way at the first, statements fail at the second.
  'soft_heap_limit = 134217728',
  'hard_heap_limit = 268435456',
];

/** One connection to an encrypted database. Work on it must not overlap. */
export class Connection {
  readonly #native: NativeDatabase;
  readonly #limitMs: number;
  readonly #held = new Set<object>();
  /** Statements by their text: preparing one takes as long as reading a row. */
  readonly #prepared = new Map<string, NativeStatement>();
  #heldCharacters = 0;
  #statements = 0;
  /** When the transaction that goes on has to be over, as `performance` tells the time. */
  #until = Number.POSITIVE_INFINITY;

  private constructor(native: NativeDatabase, limitMs: number) {
    this.#native = native;
    this.#limitMs = limitMs;
  }

  /** Opens or creates the file. What comes with a wrong key is known at the first read. */
  static async open(path: string, key: string, limitMs: number = STATEMENT_LIMIT_MS): Promise<Connection> {
    const connection = new Connection(new NativeDatabase(path, { encryptionKey: key }), limitMs);
    for (const setting of SETTINGS) await connection.#native.exec(`PRAGMA ${setting}`);
    return connection;
  }

  /**
   * To be called before work, while nothing runs. A statement that is collected waits for SQLite's lock on the thread that
   * serves everybody, and another that runs may hold it for long. So all are kept, and collected at a time of our choice.
   */
  async tidy(): Promise<void> {
    if (this.#held.size < HELD_OBJECTS && this.#heldCharacters < HELD_CHARACTERS) return;
    this.#held.clear();
    this.#prepared.clear();
    this.#heldCharacters = 0;
    collectGarbage();
    // What was found is let go of a moment later.
    await setImmediate();
    await setImmediate();
  }

  /** To be called when tables changed: what is prepared still tells of the columns that there were. */
  forgetStatements(): void {
    this.#prepared.clear();
  }

  exec(sql: string): Promise<void> {
    return this.#limited(() => this.#native.exec(sql));
  }

  /** Rows of one statement of storage's own. */
  async rows(sql: string, values: readonly NativeValue[] = []): Promise<SqlValue[][]> {
    return (await this.#drain(await this.#prepare(sql), values, NO_LIMITS)).rows;
  }

  /** Runs work in a transaction; it commits when the work is done, and is undone when the work throws or takes too long. */
  async transaction<Result>(
    mode: 'DEFERRED' | 'IMMEDIATE' | 'MIGRATION',
    work: () => Promise<Result>,
  ): Promise<Result> {
    const isMigration = mode === 'MIGRATION';
    const limitMs = this.#limitMs * (isMigration ? MIGRATION_STATEMENTS : BATCH_STATEMENTS);
    await this.exec(`BEGIN ${isMigration ? 'IMMEDIATE' : mode}`);
    try {
      this.#until = performance.now() + limitMs;
      const result = await this.#limited(work, limitMs).finally(() => {
        this.#until = Number.POSITIVE_INFINITY;
      });
      await this.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#native.inTransaction) await this.#native.exec('ROLLBACK');
      throw error;
    }
  }

  /** Something to run statements with; the same text is prepared once. `mayRunHere`: plain insertions need no thread. */
  runner(
    limits: AnswerLimits,
    mayRunHere: boolean,
  ): (statement: CheckedStatement, values: readonly NativeValue[]) => Promise<SqlResult> {
    const prepared = new Map<string, Promise<NativeStatement>>();
    let left = limits;
    return async (statement, values) => {
      const ready = prepared.get(statement.sql) ?? this.#prepare(statement.sql);
      prepared.set(statement.sql, ready);
      const here = mayRunHere && !statement.heavy;
      const { bytes, ...result } = await this.#run(statement, await ready, values, left, here);
      left = { rows: left.rows - result.rows.length, bytes: left.bytes - bytes };
      return result;
    };
  }

  /** Moves the log into the database file and empties it. Whether it did: a reader may be in the way. */
  async checkpoint(): Promise<boolean> {
    const [row] = await this.rows('PRAGMA wal_checkpoint(TRUNCATE)');
    return row?.[0] === 0;
  }

  /** Ends what runs: it fails with SQLITE_INTERRUPT. */
  interrupt(): void {
    this.#native.interrupt();
  }

  close(): void {
    // Each of them keeps the closed connection's files open, whoever still refers to this object.
    this.#held.clear();
    this.#prepared.clear();
    this.#native.close();
  }

  async #run(
    statement: CheckedStatement,
    native: NativeStatement,
    values: readonly NativeValue[],
    limits: AnswerLimits,
    here: boolean,
  ): Promise<SqlResult & { bytes: number }> {
    if (here && !native.reader) {
      this.#statements += 1;
      if (this.#statements % TURN_STATEMENTS === 0) await setImmediate();
      this.#assertTime();
      return { columns: [], rows: [], changes: native.run(values).changes, bytes: EMPTY_RESULT_BYTES };
    }
    const answer = await this.#limited(() => this.#drain(native, values, limits));
    return { ...answer, changes: statement.does === 'change' ? await this.#changes() : 0 };
  }

  async #changes(): Promise<number> {
    const [row] = await this.rows('SELECT changes()');
    return Number(row?.[0] ?? 0);
  }

  async #drain(
    statement: NativeStatement,
    values: readonly NativeValue[],
    limits: AnswerLimits,
  ): Promise<{ columns: string[]; rows: SqlValue[][]; bytes: number }> {
    this.#assertTime();
    if (statement.reader) statement.raw(true);
    const cursor = await statement.safeIntegers(true).iterate(values);
    this.#held.add(cursor);
    // Only a statement that runs knows of what another connection changed.
    const columns = statement.reader ? statement.columns().map(({ name }) => name) : [];
    const rows: SqlValue[][] = [];
    let bytes = columns.reduce((sum, column) => sum + column.length + 3, EMPTY_RESULT_BYTES);
    for (const nativeRow of cursor) {
      const row = nativeRow.map(fromNative);
      bytes += row.reduce((sum: number, value) => sum + sizeOf(value) + 1, 2);
      if (rows.length >= limits.rows || bytes > limits.bytes) {
        this.#abandon(cursor);
        throw new AnswerTooLarge();
      }
      rows.push(row);
    }
    return { columns, rows, bytes };
  }

  async #prepare(sql: string): Promise<NativeStatement> {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = await this.#native.prepare(sql);
    this.#held.add(statement);
    this.#prepared.set(sql, statement);
    this.#heldCharacters += sql.length;
    return statement;
  }

  /** Ends a cursor that still has rows; left open it would hold up checkpoints. */
  #abandon(cursor: IterableIterator<unknown>): void {
    this.#prepared.clear();
    this.#native.interrupt();
    try {
      while (!cursor.next().done);
    } catch {
      // Interrupted, as it should be.
    }
  }

  /** Between two statements an interruption is not heard. */
  #assertTime(): void {
    if (performance.now() > this.#until) throw Object.assign(new Error('interrupted'), { code: 'SQLITE_INTERRUPT' });
  }

  /** Interrupts what takes too long: it fails with SQLITE_INTERRUPT. */
  async #limited<Result>(work: () => Promise<Result>, limitMs: number = this.#limitMs): Promise<Result> {
    const deadline = performance.now() + limitMs;
    const watch = setInterval(() => {
      if (performance.now() > deadline) this.#native.interrupt();
    }, INTERRUPT_EVERY_MS);
    try {
      return await work();
    } finally {
      clearInterval(watch);
    }
  }
}
