import { zstdCompressSync } from 'node:zlib';
import { encodeStruct, type Fields, varint } from './thrift.ts';

/** `time` takes RFC 3339 and keeps microseconds in UTC; `json` takes anything. */
export type ColumnType = 'text' | 'json' | 'integer' | 'boolean' | 'time';
export type Columns = Readonly<Record<string, ColumnType>>;
type Cell = string | bigint | boolean | undefined;

const MAGIC = Buffer.from('PAR1');
/** Rows and characters that are held until they are written. */
const MOST_ROWS = 20_000;
const MOST_CHARACTERS = 8_000_000;

// Numbers of the format, from parquet.thrift.
const PHYSICAL: Readonly<Record<ColumnType, number>> = { boolean: 0, integer: 2, time: 2, text: 6, json: 6 };
const CONVERTED: Readonly<Partial<Record<ColumnType, number>>> = { text: 0, time: 10, json: 19 };
const LOGICAL: Readonly<Partial<Record<ColumnType, Fields>>> = {
  text: { 1: {} },
  json: { 12: {} },
  time: { 8: { 1: true, 2: { 2: {} } } },
};
const OPTIONAL = 1;
const PLAIN = 0;
const RLE = 3;
const ZSTD = 6;

/**
 * A table in Apache Parquet: every column optional, plain values, pages compressed by zstd. Rows are held until they make a
 * group, so memory is bounded whatever the table's length.
 */
export class ParquetFile {
  readonly #columns: readonly (readonly [string, ColumnType])[];
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #groups: Fields[] = [];
  #cells: Cell[][];
  #rows = 0;
  #characters = 0;
  #total = 0;
  #offset = 0;

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
    if (this.#offset === 0) await this.#put(MAGIC);
    const footer = encodeStruct({
      1: 2,
      2: [{ 4: 'schema', 5: this.#columns.length }, ...this.#columns.map(([name, type]) => schemaOf(name, type))],
      3: BigInt(this.#total),
      4: this.#groups,
      6: 'AICO',
    });
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    await this.#put(Buffer.concat([footer, length, MAGIC]));
  }

  async #flush(): Promise<void> {
    if (this.#offset === 0) await this.#put(MAGIC);
    const chunks: Fields[] = [];
    let size = 0;
    for (const [at, [name, type]] of this.#columns.entries()) {
      const plain = pageOf(type, this.#cells[at] ?? []);
      const packed = zstdCompressSync(plain);
      const header = encodeStruct({
        1: 0,
        2: plain.length,
        3: packed.length,
        5: { 1: this.#rows, 2: PLAIN, 3: RLE, 4: RLE },
      });
      const offset = BigInt(this.#offset);
      const total = { 6: BigInt(header.length + plain.length), 7: BigInt(header.length + packed.length) };
      const about = {
        1: PHYSICAL[type],
        2: [PLAIN, RLE],
        3: [name],
        4: ZSTD,
        5: BigInt(this.#rows),
        ...total,
        9: offset,
      };
      chunks.push({ 2: offset, 3: about });
      size += header.length + plain.length;
      await this.#put(Buffer.concat([header, packed]));
    }
    this.#groups.push({ 1: chunks, 2: BigInt(size), 3: BigInt(this.#rows) });
    this.#total += this.#rows;
    this.#cells = this.#columns.map(() => []);
    this.#rows = 0;
    this.#characters = 0;
  }

  async #put(bytes: Buffer): Promise<void> {
    this.#offset += bytes.length;
    await this.#write(bytes);
  }
}

function schemaOf(name: string, type: ColumnType): Fields {
  return { 1: PHYSICAL[type], 3: OPTIONAL, 4: name, 6: CONVERTED[type], 10: LOGICAL[type] };
}

function cellOf(type: ColumnType, value: unknown): Cell {
  if (value === undefined) return undefined;
  if (type === 'json') return JSON.stringify(value);
  if (type === 'time') return typeof value === 'string' ? microseconds(value) : undefined;
  if (type === 'integer') return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
  if (type === 'boolean') return typeof value === 'boolean' ? value : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Which rows have a value, and then the values. */
function pageOf(type: ColumnType, cells: readonly Cell[]): Buffer {
  const values = cells.filter((cell) => cell !== undefined);
  const levels = bitsOf(cells.map((cell) => cell !== undefined));
  const head = varint(BigInt((levels.length << 1) | 1));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length + levels.length);
  return Buffer.concat([length, head, levels, ...valuesOf(type, values)]);
}

function valuesOf(type: ColumnType, values: readonly Exclude<Cell, undefined>[]): Buffer[] {
  if (type === 'boolean') return [bitsOf(values.map(Boolean))];
  return values.flatMap((value) => {
    if (typeof value === 'string') {
      const bytes = Buffer.from(value);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return [bytes];
  });
}

/** Eight to a byte, the lowest bit first. */
function bitsOf(flags: readonly boolean[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(flags.length / 8));
  for (const [at, flag] of flags.entries()) if (flag) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
  return bytes;
}

/** Since 1970, of a time with up to six decimals. */
function microseconds(time: string): bigint | undefined {
  const [, decimals = ''] = /\.(\d{1,6})Z$/.exec(time) ?? [];
  const milliseconds = Date.parse(time.replace(/\.\d+Z$/, 'Z'));
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds) * 1000n + BigInt(decimals.padEnd(6, '0'));
}
