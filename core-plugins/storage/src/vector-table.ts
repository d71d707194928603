import type { SqlValue, VectorCollection, VectorCondition, VectorMetadata } from '@aico/sdk';
import type { Connection } from './connection.ts';
import type { CheckedStatement } from './sql-statement.ts';
import type { NativeValue } from './sql-values.ts';

/** Where the vectors of a collection are. */
export type VectorStoreName = VectorCollection['store'];

/** A collection as it is kept. */
export interface VectorSet {
  readonly name: string;
  readonly number: number;
  readonly dimensions: number;
  readonly store: VectorStoreName;
}

/** A vector as it is kept: its numbers and its code as bytes. */
export interface VectorRow {
  readonly id: string;
  readonly vector: Buffer;
  readonly code: Buffer;
  readonly metadata?: VectorMetadata;
}

/** A vector as it is read. */
export interface KeptVector {
  readonly id: string;
  readonly vector: string;
  readonly metadata?: VectorMetadata;
}

const TABLES = [
  `CREATE TABLE IF NOT EXISTS _aico_vector_set (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, dimensions INTEGER NOT NULL,
    store TEXT NOT NULL) STRICT`,
  // A key is never used again: an index in memory may still know it.
  `CREATE TABLE IF NOT EXISTS _aico_vector (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, id TEXT NOT NULL, metadata TEXT,
    vector BLOB NOT NULL, UNIQUE (collection, id)) STRICT`,
  // Apart, so that the index is loaded without reading every vector.
  `CREATE TABLE IF NOT EXISTS _aico_vector_code (
    collection INTEGER NOT NULL, sequence INTEGER NOT NULL, code BLOB NOT NULL,
    PRIMARY KEY (collection, sequence)) STRICT, WITHOUT ROWID`,
];
const KEEP_VECTOR = plainInsert(
  `INSERT INTO _aico_vector (collection, id, metadata, vector) VALUES (?, ?, ?, ?)
   ON CONFLICT (collection, id) DO UPDATE SET metadata = excluded.metadata, vector = excluded.vector`,
  4,
);
const KEEP_CODE = plainInsert(
  `INSERT INTO _aico_vector_code (collection, sequence, code) VALUES (?, ?, ?)
   ON CONFLICT (collection, sequence) DO UPDATE SET code = excluded.code`,
  3,
);
const NOTHING = { rows: 0, bytes: 0 };
const DROPPED_AT_ONCE = 2_000n;

/** Vectors in a plugin's database, beside what the plugin itself keeps there. */
export class VectorTable {
  readonly #connection: Connection;
  #there = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Every collection with how many vectors it holds here. */
  async sets(): Promise<(VectorSet & { count: number })[]> {
    if (!(await this.#isThere())) return [];
    const rows = await this.#connection.rows(
      `SELECT name, number, dimensions, store, (SELECT count(*) FROM _aico_vector_code WHERE collection = number)
       FROM _aico_vector_set ORDER BY name`,
    );
    return rows.map((row) => ({ ...setOf(row), count: Number(row[4]) }));
  }

  async set(name: string): Promise<VectorSet | undefined> {
    if (!(await this.#isThere())) return undefined;
    const sql = 'SELECT name, number, dimensions, store FROM _aico_vector_set WHERE name = ?';
    const [row] = await this.#connection.rows(sql, [name]);
    return row && setOf(row);
  }

  /** Says where a collection is from now on. */
  async setStore(set: VectorSet, store: VectorStoreName): Promise<void> {
    const sql = 'UPDATE _aico_vector_set SET store = ? WHERE number = ?';
    await this.#connection.rows(sql, [store, BigInt(set.number)]);
  }

  async create(name: string, dimensions: number, store: VectorStoreName): Promise<VectorSet> {
    for (const table of TABLES) await this.#connection.exec(table);
    this.#there = true;
    const sql =
      'INSERT INTO _aico_vector_set (name, dimensions, store) VALUES (?, ?, ?) RETURNING name, number, dimensions, store';
    const [row] = await this.#connection.rows(sql, [name, BigInt(dimensions), store]);
    return setOf(row ?? []);
  }

  async count(set: VectorSet): Promise<number> {
    const [row] = await this.#connection.rows('SELECT count(*) FROM _aico_vector_code WHERE collection = ?', [
      BigInt(set.number),
    ]);
    return Number(row?.[0] ?? 0);
  }

  /** Keeps vectors; the key of each id. */
  async upsert(set: VectorSet, rows: readonly VectorRow[]): Promise<Map<string, number>> {
    const collection = BigInt(set.number);
    return this.#connection.transaction('IMMEDIATE', async () => {
      // The same statements for all: what is bound to many would lie in SQLite's memory until they are collected.
      const run = this.#connection.runner(NOTHING, true);
      for (const { id, metadata, vector } of rows)
        await run(KEEP_VECTOR, [collection, id, metadata === undefined ? null : JSON.stringify(metadata), vector]);
      const kept = await this.#connection.rows(
        'SELECT id, sequence FROM _aico_vector WHERE collection = ? AND id IN (SELECT value FROM json_each(?))',
        [collection, JSON.stringify(rows.map(({ id }) => id))],
      );
      const keys = new Map(kept.map(([id, sequence]) => [String(id), Number(sequence)]));
      for (const { id, code } of rows) await run(KEEP_CODE, [collection, BigInt(keys.get(id) ?? 0), code]);
      return keys;
    });
  }

  /** Deletes vectors; the keys that are gone. */
  async delete(set: VectorSet, ids: readonly string[]): Promise<number[]> {
    return this.#connection.transaction('IMMEDIATE', async () => {
      const gone = await this.#connection.rows(
        'DELETE FROM _aico_vector WHERE collection = ? AND id IN (SELECT value FROM json_each(?)) RETURNING sequence',
        [BigInt(set.number), JSON.stringify(ids)],
      );
      const keys = gone.map(([sequence]) => Number(sequence));
      await this.#connection.rows(
        'DELETE FROM _aico_vector_code WHERE collection = ? AND sequence IN (SELECT value FROM json_each(?))',
        [BigInt(set.number), JSON.stringify(keys)],
      );
      return keys;
    });
  }

  /** Codes behind a key, in the order of their keys. */
  async codes(set: VectorSet, after: number, limit: number): Promise<(readonly [number, Buffer])[]> {
    const rows = await this.#connection.rows(
      'SELECT sequence, code FROM _aico_vector_code WHERE collection = ? AND sequence > ? ORDER BY sequence LIMIT ?',
      [BigInt(set.number), BigInt(after), BigInt(limit)],
    );
    return rows.map(([sequence, code]) => [Number(sequence), Buffer.from(base64Of(code), 'base64')]);
  }

  /** What is kept under some keys, as far as it is as wanted. */
  async read(keys: readonly number[], where: readonly VectorCondition[]): Promise<KeptVector[]> {
    const filter = conditionsOf(where);
    const rows = await this.#connection.rows(
      `SELECT id, vector, metadata FROM _aico_vector WHERE sequence IN (SELECT value FROM json_each(?))${filter.sql}`,
      [JSON.stringify(keys), ...filter.values],
    );
    return rows.map(vectorOf);
  }

  /** The keys of all that is as wanted. */
  async matching(set: VectorSet, where: readonly VectorCondition[]): Promise<Set<number>> {
    const filter = conditionsOf(where);
    const rows = await this.#connection.rows(`SELECT sequence FROM _aico_vector WHERE collection = ?${filter.sql}`, [
      BigInt(set.number),
      ...filter.values,
    ]);
    return new Set(rows.map(([sequence]) => Number(sequence)));
  }

  /** Vectors in the order of their ids. */
  async list(set: VectorSet, after: string, limit: number): Promise<KeptVector[]> {
    const rows = await this.#connection.rows(
      'SELECT id, vector, metadata FROM _aico_vector WHERE collection = ? AND id > ? ORDER BY id LIMIT ?',
      [BigInt(set.number), after, BigInt(limit)],
    );
    return rows.map(vectorOf);
  }

  /** Deletes a collection; when that is cut short, what is left can be deleted again. */
  async drop(set: VectorSet): Promise<void> {
    await this.clear(set);
    await this.#connection.rows('DELETE FROM _aico_vector_set WHERE number = ?', [BigInt(set.number)]);
  }

  /** Deletes what a collection holds here, a part at a time. */
  async clear({ number }: VectorSet): Promise<void> {
    for (let gone = 1; gone > 0; ) {
      const rows = await this.#connection.rows(
        `DELETE FROM _aico_vector WHERE sequence IN
         (SELECT sequence FROM _aico_vector WHERE collection = ? LIMIT ?) RETURNING 1`,
        [BigInt(number), DROPPED_AT_ONCE],
      );
      gone = rows.length;
    }
    await this.#connection.rows('DELETE FROM _aico_vector_code WHERE collection = ?', [BigInt(number)]);
  }

  /** Whether the plugin keeps vectors at all: a database without has no tables for them. */
  async #isThere(): Promise<boolean> {
    if (this.#there) return true;
    const sql = "SELECT 1 FROM sqlite_schema WHERE name = '_aico_vector_code'";
    this.#there = (await this.#connection.rows(sql)).length > 0;
    return this.#there;
  }
}

function plainInsert(sql: string, placeholders: number): CheckedStatement {
  return { sql, does: 'change', heavy: false, placeholders };
}

function setOf([name, number, dimensions, store]: readonly SqlValue[]): VectorSet {
  return {
    name: String(name),
    number: Number(number),
    dimensions: Number(dimensions),
    store: store === 'external' ? 'external' : 'embedded',
  };
}

function vectorOf([id, vector, metadata]: readonly SqlValue[]): KeptVector {
  const known = typeof metadata === 'string' ? { metadata: JSON.parse(metadata) as VectorMetadata } : {};
  return { id: String(id), vector: base64Of(vector), ...known };
}

function base64Of(value: SqlValue | undefined): string {
  return typeof value === 'object' && value !== null ? (value.base64 ?? '') : '';
}

/** What holds of metadata, as SQL. A field that is missing, or of another kind, holds nothing. */
function conditionsOf(where: readonly VectorCondition[]): { sql: string; values: NativeValue[] } {
  const values: NativeValue[] = [];
  const parts: string[] = [];
  for (const { field, is, in: among, atLeast, below } of where) {
    const path = `$."${field}"`;
    // As JSON, so that true is not 1 and "1" is not 1.
    for (const wanted of [is === undefined ? undefined : [is], among]) {
      if (wanted === undefined) continue;
      parts.push('metadata -> ? IN (SELECT atom FROM json_each(?))');
      values.push(path, JSON.stringify(wanted.map((value) => JSON.stringify(value))));
    }
    for (const [sign, bound] of [['>=', atLeast] as const, ['<', below] as const]) {
      if (bound === undefined) continue;
      parts.push(`(json_type(metadata, ?) IN ('integer', 'real') AND metadata ->> ? ${sign} CAST(? AS REAL))`);
      values.push(path, path, String(bound));
    }
  }
  return { sql: parts.map((part) => ` AND ${part}`).join(''), values };
}
