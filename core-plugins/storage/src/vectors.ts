import {
  AicoError,
  type VectorCollection,
  type VectorDelete,
  type VectorHit,
  type VectorList,
  type VectorMoved,
  type VectorPage,
  type VectorQuery,
  type VectorUpsert,
} from '@aico/sdk';
import type { Databases } from './databases.ts';
import { type AskExternal, ExternalVectors } from './external-vectors.ts';
import { cosineOf, decodeVector, encodeVector, readVector, unpackCode } from './vector-code.ts';
import { VectorIndexes } from './vector-indexes.ts';
import { rowOf, VectorMoves } from './vector-moves.ts';
import { pageOf } from './vector-page.ts';
import type { KeptVector, VectorSet, VectorStoreName, VectorTable } from './vector-table.ts';

const DEFAULT_HITS = 10;
const DEFAULT_PAGE = 100;
/** So many more than are wanted are compared exactly. In 100,000 × 512, 60 held all of the nearest 10. */
const compared = (wanted: number): number => wanted * 2 + 40;

/** Vectors of plugins: in each plugin's own database, found through an index in memory, or moved to an external store. */
export class Vectors {
  readonly #databases: Databases;
  readonly #external: ExternalVectors;
  readonly #indexes = new VectorIndexes();
  readonly #moves: VectorMoves;

  /** How often a collection changed its store. */
  #changes = 0;

  readonly #newStore: () => VectorStoreName;

  /** @param newStore where new collections go */
  constructor(databases: Databases, ask: AskExternal, newStore: () => VectorStoreName) {
    const external = new ExternalVectors(ask);
    this.#databases = databases;
    this.#external = external;
    this.#newStore = newStore;
    const onMoved = (plugin: string, set: VectorSet): void => {
      this.#changes += 1;
      this.#indexes.forget(plugin, set);
    };
    this.#moves = new VectorMoves({ databases, external, onMoved });
  }

  /** @throws AicoError VECTOR_INVALID, VECTOR_DIMENSIONS, VECTOR_FULL, VECTOR_EXTERNAL_UNAVAILABLE */
  async upsert(plugin: string, { collection, entries }: VectorUpsert): Promise<void> {
    const vectors = entries.map(({ vector }) => readVector(plugin, vector));
    const units = entries.map((entry, at) => ({ ...entry, vector: encodeVector(vectors[at] ?? new Float32Array()) }));
    const dimensions = vectors[0]?.length ?? 0;
    await this.#use(plugin, async (table) => {
      const known = await table.set(collection);
      for (const { length } of vectors) assertFits(plugin, collection, known?.dimensions ?? dimensions, length);
      const set = known ?? (await this.#create(plugin, table, collection, dimensions));
      if (set.store === 'external') {
        await this.#external.upsert(plugin, set, units);
        await this.#moves.follow(plugin, set, async () => void (await table.upsert(set, units.map(rowOf))));
        return;
      }
      const rows = units.map(rowOf);
      const index = this.#indexes.peek(plugin, set, table);
      const count = index?.size ?? (await table.count(set));
      const limit = VectorIndexes.mostRows(dimensions);
      if (count + rows.length > limit)
        throw new AicoError('VECTOR_FULL', { subject: plugin, details: { collection, limit } });
      const keys = await table.upsert(set, rows);
      for (const { id, code } of rows) index?.set(keys.get(id) ?? 0, unpackCode(code));
      await this.#moves.follow(plugin, set, () => this.#external.upsert(plugin, set, units));
    });
  }

  async query(plugin: string, asked: VectorQuery): Promise<VectorHit[]> {
    const vector = readVector(plugin, asked.vector);
    const fits = ({ dimensions }: VectorSet) => assertFits(plugin, asked.collection, dimensions, vector.length);
    return this.#read<VectorHit[]>(plugin, asked.collection, {
      nothing: [],
      here: (set, table) => {
        fits(set);
        return this.#find(plugin, set, table, vector, asked);
      },
      there: (set) => {
        fits(set);
        return this.#external.query(plugin, set, { ...asked, vector: encodeVector(vector) });
      },
    });
  }

  /** How many were there. */
  async delete(plugin: string, { collection, ids }: VectorDelete): Promise<number> {
    return this.#use(plugin, async (table) => {
      const set = await table.set(collection);
      if (set === undefined) return 0;
      if (set.store === 'external') {
        const deleted = await this.#external.delete(plugin, set, ids);
        await this.#moves.follow(plugin, set, async () => void (await table.delete(set, ids)));
        return deleted;
      }
      const keys = await table.delete(set, ids);
      const index = this.#indexes.peek(plugin, set, table);
      for (const key of keys) index?.delete(key);
      await this.#moves.follow(plugin, set, async () => void (await this.#external.delete(plugin, set, ids)));
      return keys.length;
    });
  }

  async list(plugin: string, { collection, after = '', limit = DEFAULT_PAGE }: VectorList): Promise<VectorPage> {
    return this.#read<VectorPage>(plugin, collection, {
      nothing: { entries: [] },
      here: async (set, table) => pageOf(await table.list(set, after, limit + 1), limit),
      there: (set) => this.#external.list(plugin, set, after, limit),
    });
  }

  /** Collections with how many vectors each holds, wherever it is. */
  async collections(plugin: string): Promise<VectorCollection[]> {
    const sets = await this.#use(plugin, (table) => table.sets());
    return Promise.all(
      sets.map(async (set) => {
        const { name, dimensions, store } = set;
        const count = store === 'external' ? await this.#external.count(plugin, set) : set.count;
        return { collection: name, dimensions, count, store };
      }),
    );
  }

  /** Whether there was such a collection. */
  async drop(plugin: string, collection: string): Promise<boolean> {
    return this.#use(plugin, async (table) => {
      const set = await table.set(collection);
      if (set === undefined) return false;
      if (set.store === 'external') await this.#external.drop(plugin, set);
      else await this.#moves.follow(plugin, set, () => this.#external.drop(plugin, set));
      this.#indexes.forget(plugin, set);
      await table.drop(set);
      return true;
    });
  }

  /** The collections of all plugins. */
  async all(): Promise<(VectorCollection & { plugin: string })[]> {
    const owned: (VectorCollection & { plugin: string })[] = [];
    for (const plugin of this.#databases.plugins())
      for (const each of await this.collections(plugin)) owned.push({ plugin, ...each });
    return owned;
  }

  /** Moves the vectors of all plugins. @throws AicoError VECTOR_MOVE_FAILED, VECTOR_EXTERNAL_UNAVAILABLE */
  move(store: VectorStoreName): Promise<VectorMoved> {
    return this.#moves.inTurn(async () => {
      const moved = { collections: 0, vectors: 0 };
      for (const plugin of this.#databases.plugins()) {
        const { collections, vectors } = await this.#moves.move(plugin, store);
        moved.collections += collections;
        moved.vectors += vectors;
      }
      return moved;
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

  async #create(plugin: string, table: VectorTable, name: string, dimensions: number): Promise<VectorSet> {
    const store = this.#newStore();
    if (store === 'external') await this.#external.make(plugin, { name, dimensions });
    return table.create(name, dimensions, store);
  }

  /** Reads a collection where it is. What the external store was asked while it moved back is asked again: it may have been gone there. */
  async #read<Answer>(plugin: string, collection: string, { nothing, here, there }: Places<Answer>): Promise<Answer> {
    for (;;) {
      const found = await this.#use(plugin, async (table) => {
        const set = await table.set(collection);
        if (set?.store === 'external') return { set, changes: this.#changes };
        return { answer: set === undefined ? nothing : await here(set, table) };
      });
      if (found.set === undefined) return found.answer;
      const { set, changes } = found;
      try {
        const answer = await there(set);
        if (changes === this.#changes) return answer;
      } catch (error) {
        if (changes === this.#changes) throw error;
      }
    }
  }

  async #find(
    plugin: string,
    set: VectorSet,
    table: VectorTable,
    vector: Float32Array,
    { limit = DEFAULT_HITS, least = -1, where = [] }: VectorQuery,
  ): Promise<VectorHit[]> {
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
  }

  #use<Result>(plugin: string, work: (table: VectorTable) => Promise<Result>): Promise<Result> {
    return this.#databases.use(plugin, (database) => database.vectors(work));
  }
}

/** How a collection is read where it may be. */
interface Places<Answer> {
  readonly nothing: Answer;
  readonly here: (set: VectorSet, table: VectorTable) => Promise<Answer>;
  readonly there: (set: VectorSet) => Promise<Answer>;
}

function assertFits(plugin: string, collection: string, expected: number, found: number): void {
  if (expected === found) return;
  throw new AicoError('VECTOR_DIMENSIONS', { subject: plugin, details: { collection, expected, found } });
}

function hitOf({ id, vector, metadata }: KeptVector, asked: Float32Array): VectorHit {
  const nearness = cosineOf(decodeVector(vector) ?? new Float32Array(), asked);
  return { id, nearness, ...(metadata && { metadata }) };
}
