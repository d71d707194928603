import {
  AicoError,
  type VectorCollection,
  type VectorDelete,
  type VectorHit,
  type VectorList,
  type VectorPage,
  type VectorQuery,
  type VectorUpsert,
} from '@aico/sdk';
import type { Databases } from './databases.ts';
import { bytesOf, cosineOf, decodeVector, packCode, readVector, unpackCode } from './vector-code.ts';
import { VectorIndexes } from './vector-indexes.ts';
import type { KeptVector, VectorRow, VectorTable } from './vector-table.ts';

const DEFAULT_HITS = 10;
const DEFAULT_PAGE = 100;
/** So many more than are wanted are compared exactly. In 100,000 × 512, 60 held all of the nearest 10. */
const compared = (wanted: number): number => wanted * 2 + 40;
const MOST_PAGE_BYTES = 12 * 1024 * 1024;

/** Vectors of plugins, each in its plugin's own database, found through an index in memory. */
export class Vectors {
  readonly #databases: Databases;
  readonly #indexes = new VectorIndexes();

  constructor(databases: Databases) {
    this.#databases = databases;
  }

  /** @throws AicoError VECTOR_INVALID, VECTOR_DIMENSIONS, VECTOR_FULL */
  async upsert(plugin: string, { collection, entries }: VectorUpsert): Promise<void> {
    const rows = entries.map(({ id, vector, metadata }): VectorRow => {
      const unit = readVector(plugin, vector);
      return { id, vector: bytesOf(unit), code: packCode(unit), ...(metadata && { metadata }) };
    });
    const dimensions = dimensionsOf(rows[0]);
    await this.#use(plugin, async (table) => {
      const known = await table.set(collection);
      for (const row of rows) assertFits(plugin, collection, known?.dimensions ?? dimensions, dimensionsOf(row));
      const set = known ?? (await table.create(collection, dimensions));
      const index = this.#indexes.peek(plugin, set);
      const count = index?.size ?? (await table.count(set));
      const limit = VectorIndexes.mostRows(dimensions);
      if (count + rows.length > limit)
        throw new AicoError('VECTOR_FULL', { subject: plugin, details: { collection, limit } });
      const keys = await table.upsert(set, rows);
      for (const { id, code } of rows) index?.set(keys.get(id) ?? 0, unpackCode(code));
    });
  }

  async query(plugin: string, asked: VectorQuery): Promise<VectorHit[]> {
    const { collection, limit = DEFAULT_HITS, least = -1, where = [] } = asked;
    const vector = readVector(plugin, asked.vector);
    return this.#use(plugin, async (table) => {
      const set = await table.set(collection);
      if (set === undefined) return [];
      assertFits(plugin, collection, set.dimensions, vector.length);
      const index = await this.#indexes.get(plugin, set, table);
      const wanted = compared(limit);
      let kept = await table.read(await index.search(vector, wanted), where);
      // Too few of the nearest are as wanted: look only among those that are.
      if (where.length > 0 && kept.length < wanted / 2 && index.size > wanted) {
        const keys = await index.search(vector, wanted, await table.matching(set, where));
        kept = await table.read(keys, []);
      }
      const hits = kept.map((each) => hitOf(each, vector)).filter(({ nearness }) => nearness >= least);
      return hits.sort((a, b) => b.nearness - a.nearness).slice(0, limit);
    });
  }

  /** How many were there. */
  async delete(plugin: string, { collection, ids }: VectorDelete): Promise<number> {
    return this.#use(plugin, async (table) => {
      const set = await table.set(collection);
      if (set === undefined) return 0;
      const keys = await table.delete(set, ids);
      const index = this.#indexes.peek(plugin, set);
      for (const key of keys) index?.delete(key);
      return keys.length;
    });
  }

  async list(plugin: string, { collection, after = '', limit = DEFAULT_PAGE }: VectorList): Promise<VectorPage> {
    return this.#use(plugin, async (table) => {
      const set = await table.set(collection);
      if (set === undefined) return { entries: [] };
      const found = await table.list(set, after, limit + 1);
      const entries: KeptVector[] = [];
      let bytes = 0;
      for (const entry of found.slice(0, limit)) {
        bytes += entry.vector.length + JSON.stringify(entry.metadata ?? {}).length + entry.id.length;
        if (bytes > MOST_PAGE_BYTES) break;
        entries.push(entry);
      }
      const next = entries.length < found.length ? entries.at(-1)?.id : undefined;
      return { entries, ...(next !== undefined && { next }) };
    });
  }

  async collections(plugin: string): Promise<VectorCollection[]> {
    const sets = await this.#use(plugin, (table) => table.sets());
    return sets.map(({ name, dimensions, count, store }) => ({ collection: name, dimensions, count, store }));
  }

  /** Whether there was such a collection. */
  async drop(plugin: string, collection: string): Promise<boolean> {
    return this.#use(plugin, async (table) => {
      const set = await table.set(collection);
      if (set === undefined) return false;
      this.#indexes.forget(plugin, set);
      await table.drop(set);
      return true;
    });
  }

  /** Forgets what is in memory: the vault is locked. */
  forget(): void {
    this.#indexes.clear();
  }

  /** To be called now and then: forgets what nobody asked for lately. */
  tidy(now: number): void {
    this.#indexes.tidy(now);
  }

  #use<Result>(plugin: string, work: (table: VectorTable) => Promise<Result>): Promise<Result> {
    return this.#databases.use(plugin, (database) => database.vectors(work));
  }
}

function dimensionsOf(row: VectorRow | undefined): number {
  return (row?.vector.byteLength ?? 0) / Float32Array.BYTES_PER_ELEMENT;
}

function assertFits(plugin: string, collection: string, expected: number, found: number): void {
  if (expected === found) return;
  throw new AicoError('VECTOR_DIMENSIONS', { subject: plugin, details: { collection, expected, found } });
}

function hitOf({ id, vector, metadata }: KeptVector, asked: Float32Array): VectorHit {
  const nearness = cosineOf(decodeVector(vector) ?? new Float32Array(), asked);
  return { id, nearness, ...(metadata && { metadata }) };
}
