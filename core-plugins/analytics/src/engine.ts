import { availableParallelism } from 'node:os';
import type { DuckDBAppender, DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type DuckDb, loadDuckDb } from './duckdb.ts';
import { type ColumnType, type Row, TABLES, type TableShape } from './tables.ts';

const MOST_THREADS = 4;
/** Given to DuckDB before it opens. */
const CLOSED = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  allow_persistent_secrets: 'false',
  max_temp_directory_size: '0B',
};
/** DuckDB makes up to 2,048 values at once, of which neither its memory limit nor an interruption hears before all are made. */
const LONGEST_TEXT = 100_000;
/** DuckDB's own must not be called past those that stand in their place. */
export const BOUNDED_FUNCTIONS: ReadonlySet<string> = new Set(['repeat', 'lpad', 'rpad']);
/** In the place of DuckDB's own, which make long texts out of short ones. */
const BOUNDED = [
  `create macro repeat(text, times) as case when length(text) * times > ${LONGEST_TEXT} then ${refusal()} else system.main.repeat(text, times) end`,
  ...['lpad', 'rpad'].map(
    (name) =>
      `create macro ${name}(text, length, filler) as case when length > ${LONGEST_TEXT} then ${refusal()} else system.main.${name}(text, length, filler) end`,
  ),
];
/** In this order: after the last one no setting changes any more. */
const LOCKED = [
  "set temp_directory = ''",
  'set enable_external_access = false',
  "set disabled_filesystems = 'LocalFileSystem'",
  'set lock_configuration = true',
];
/** Of the connection that questions come by; such settings are each connection's own. */
const FOR_QUESTIONS = [
  'set max_expression_depth = 250',
  'set enable_progress_bar_print = false',
  'set enable_progress_bar = true',
];

type Append = (appender: DuckDBAppender, value: string | number) => void;

/** DuckDB with the tables of questions, in memory alone: no files, no network, no extensions, no spilling to the disk. */
export class Engine {
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  readonly #append: Readonly<Record<ColumnType, Append>>;
  /** What questions are asked by, one at a time. */
  readonly reader: DuckDBConnection;
  readonly duckdb: DuckDb;

  private constructor(
    duckdb: DuckDb,
    instance: DuckDBInstance,
    connections: { readonly writer: DuckDBConnection; readonly reader: DuckDBConnection },
    append: Readonly<Record<ColumnType, Append>>,
  ) {
    this.duckdb = duckdb;
    this.#instance = instance;
    this.#writer = connections.writer;
    this.#append = append;
    this.reader = connections.reader;
  }

  /** @throws AicoError ANALYTICS_ENGINE_UNAVAILABLE */
  static async open(memoryMb: number): Promise<Engine> {
    const duckdb = await loadDuckDb();
    const { DuckDBInstance: Instance, DuckDBTimestampValue: Timestamp } = duckdb;
    const threads = String(Math.min(MOST_THREADS, availableParallelism()));
    const instance = await Instance.create(':memory:', { ...CLOSED, threads, memory_limit: `${memoryMb}MB` });
    const [writer, reader] = [await instance.connect(), await instance.connect()];
    for (const sql of FOR_QUESTIONS) await reader.run(sql);
    for (const shape of TABLES) await writer.run(`create table ${shape.name} (${columnsOf(shape)})`);
    for (const sql of [...BOUNDED, ...LOCKED]) await writer.run(sql);
    const append: Record<ColumnType, Append> = {
      VARCHAR: (appender, value) => appender.appendVarchar(String(value)),
      BIGINT: (appender, value) => appender.appendBigInt(BigInt(value)),
      DOUBLE: (appender, value) => appender.appendDouble(Number(value)),
      TIMESTAMP: (appender, value) =>
        appender.appendTimestamp(new Timestamp(BigInt(Date.parse(String(value))) * 1_000n)),
    };
    return new Engine(duckdb, instance, { writer, reader }, append);
  }

  /** Puts rows in the place of all that there were. */
  async replace(shape: TableShape, rows: readonly Row[]): Promise<void> {
    // A new table frees the memory of the old one at once.
    await this.#writer.run(`create or replace table ${shape.name} (${columnsOf(shape)})`);
    await this.add(shape, rows);
  }

  /** Adds rows, all or none. */
  async add(shape: TableShape, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const types = Object.values(shape.columns);
    const appender = await this.#writer.createAppender(shape.name);
    try {
      for (const row of rows) {
        for (const [at, type] of types.entries()) {
          const value = row[at];
          if (value === undefined) appender.appendNull();
          else this.#append[type](appender, value);
        }
        appender.endRow();
      }
      appender.flushSync();
    } finally {
      appender.closeSync();
    }
  }

  /** Removes the rows of which a condition with one value holds. */
  async remove(shape: TableShape, condition: string, value: string | number): Promise<void> {
    await this.#writer.run(`delete from ${shape.name} where ${condition}`, [value]);
  }

  /** How many rows of a table there are. */
  async count(shape: TableShape): Promise<number> {
    const reader = await this.#writer.runAndReadAll(`select count(*) from ${shape.name}`);
    return Number(reader.value(0, 0));
  }

  /** Runs a statement of the plugin's own; never one of a question. */
  async run(sql: string): Promise<void> {
    await this.#writer.run(sql);
  }

  /** Frees all that it took. */
  close(): void {
    this.reader.disconnectSync();
    this.#writer.disconnectSync();
    this.#instance.closeSync();
  }
}

function columnsOf({ columns }: TableShape): string {
  return Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ');
}

function refusal(): string {
  return `error('a text of more than ${LONGEST_TEXT} characters is asked for; make shorter ones')`;
}
