import { zstdCompressSync } from 'node:zlib';
import type { ByteWriter, ParquetWriter, SchemaElement } from 'hyparquet-writer';

/** `time` takes RFC 3339 and keeps microseconds in UTC; `json` takes anything. */
export type ColumnType = 'text' | 'json' | 'integer' | 'boolean' | 'time';
export type Columns = Readonly<Record<string, ColumnType>>;
type Cell = string | bigint | boolean | undefined;

/** Rows and characters that are held until they are written. */
const MOST_ROWS = 20_000;
const MOST_CHARACTERS = 8_000_000;

const STORED: Readonly<Record<ColumnType, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  json: { type: 'BYTE_ARRAY', converted_type: 'JSON', logical_type: { type: 'JSON' } },
  integer: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
};

/**
 * A table in Apache Parquet: every column optional, pages compressed by zstd. Rows are held until they make a group, so memory
 * is bounded whatever the table's length.
 */
export class ParquetFile {
  readonly #columns: readonly (readonly [string, ColumnType])[];
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  #open: { readonly buffer: ByteWriter; readonly writer: ParquetWriter } | undefined;
  #cells: Cell[][];
  #rows = 0;
  #characters = 0;

  constructor(columns: Columns, write: (bytes: Uint8Array) => Promise<void>) {
    this.#columns = Object.entries(columns);
    this.#write = write;
    this.#cells = this.#columns.map(() => []);
  }

  /** A row by the names of its columns. What does not fit its column is left out. */
  async add(row: Readonly<Record<string, unknown>>): Promise<void> {
    for (const [at, [name, type]] of this.#columns.entries()) {
      const cell = cellOf(type, row[name]);
      this.#cells[at]?.push(cell);
      this.#characters += typeof cell === 'string' ? cell.length : 8;
    }
    this.#rows += 1;
    if (this.#rows >= MOST_ROWS || this.#characters >= MOST_CHARACTERS) await this.#flush();
  }

  async end(): Promise<void> {
    if (this.#rows > 0) await this.#flush();
    const { buffer, writer } = await this.#opened();
    writer.schema = schemaOf(this.#columns);
    await writer.finish();
    await this.#send(buffer);
  }

  /** Writes what is held as one group. */
  async #flush(): Promise<void> {
    const { buffer, writer } = await this.#opened();
    const columnData = this.#columns.map(([name], at) => ({ name, data: this.#cells[at] ?? [] }));
    this.#cells = this.#columns.map(() => []);
    this.#rows = 0;
    this.#characters = 0;
    await writer.write({ columnData, rowGroupSize: MOST_ROWS });
    await this.#send(buffer);
  }

  async #send(buffer: ByteWriter): Promise<void> {
    const bytes = new Uint8Array(buffer.getBuffer());
    buffer.index = 0;
    await this.#write(bytes);
  }

  /** The package is loaded by the first table: a start that exports nothing does not wait for it. */
  async #opened(): Promise<{ readonly buffer: ByteWriter; readonly writer: ParquetWriter }> {
    if (this.#open === undefined) {
      const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
      const buffer = new ByteWriter();
      // JSON counts as text until the footer says what it is: the package would make JSON itself, and lose a null and a key
      // called __proto__ on the way. Statistics would hold the longest texts of every group in memory until the end.
      const asText = this.#columns.map(([name, type]) => [name, type === 'json' ? 'text' : type] as const);
      const writer = new ParquetWriter({
        writer: buffer,
        schema: schemaOf(asText),
        codec: 'ZSTD',
        compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) },
        statistics: false,
        createdBy: 'AICO',
      });
      this.#open = { buffer, writer };
    }
    return this.#open;
  }
}

function schemaOf(columns: readonly (readonly [string, ColumnType])[]): SchemaElement[] {
  const elements = columns.map(([name, type]) => ({ ...STORED[type], name, repetition_type: 'OPTIONAL' as const }));
  return [{ name: 'schema', num_children: columns.length }, ...elements];
}

function cellOf(type: ColumnType, value: unknown): Cell {
  if (value === undefined) return undefined;
  if (type === 'json') return wellFormed(JSON.stringify(value));
  if (type === 'time') return typeof value === 'string' ? microseconds(value) : undefined;
  if (type === 'integer') return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
  if (type === 'boolean') return typeof value === 'boolean' ? value : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Half of a surrogate pair, which JSON escapes, makes readers refuse the whole table; text columns have U+FFFD for it, too. */
function wellFormed(json: string): string {
  return json.replaceAll(/\\(?:\\|ud[89a-f][0-9a-f]{2})/g, (found) => (found === '\\\\' ? found : '\ufffd'));
}

/** Since 1970, of a time with up to six decimals. */
function microseconds(time: string): bigint | undefined {
  const [, decimals = ''] = /\.(\d{1,6})Z$/.exec(time) ?? [];
  const milliseconds = Date.parse(time.replace(/\.\d+Z$/, 'Z'));
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds) * 1000n + BigInt(decimals.padEnd(6, '0'));
}
