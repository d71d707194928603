import { AicoError, isAicoError, type VectorEntry } from '@aico/sdk';
import type { Databases } from './databases.ts';
import type { ExternalVectors } from './external-vectors.ts';
import { bytesOf, decodeVector, packCode } from './vector-code.ts';
import { pageOf } from './vector-page.ts';
import type { VectorRow, VectorSet, VectorStoreName, VectorTable } from './vector-table.ts';

const MOVED_AT_ONCE = 500;

/** What moving needs. */
export interface VectorMovesPowers {
  readonly databases: Pick<Databases, 'use' | 'plugins'>;
  readonly external: ExternalVectors;
  /** Told when a collection is at another store. */
  readonly onMoved: (plugin: string, set: VectorSet) => void;
}

/**
 * Moves collections from one store to the other. What is moved is copied a part at a time, in the turns of its plugin's
 * database; what changes meanwhile is changed in both. The store changes in one transaction, when the other one holds as many.
 * Cut short anywhere, the collection is whole where it was, and the next move begins anew. One move goes after another, and what
 * its plugin deleted meanwhile, or made anew under the same name, is left alone.
 */
export class VectorMoves {
  readonly #powers: VectorMovesPowers;
  /** Collections that are moved just now, with what became of changes at their new place. */
  readonly #going = new Map<string, { failed?: unknown }>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(powers: VectorMovesPowers) {
    this.#powers = powers;
  }

  /** Does one move of everything after those that were asked for before: two would take each other's copies for leftovers. */
  inTurn<Result>(move: () => Promise<Result>): Promise<Result> {
    const moved = this.#last.then(move);
    this.#last = moved.catch(() => undefined);
    return moved;
  }

  /**
   * Moves all collections of a plugin. How many collections and vectors were moved.
   * @throws AicoError VECTOR_MOVE_FAILED, VECTOR_EXTERNAL_UNAVAILABLE, VECTOR_EXTERNAL_GONE
   */
  async move(plugin: string, store: VectorStoreName): Promise<{ collections: number; vectors: number }> {
    const sets = await this.#use(plugin, (table) => table.sets());
    const moved = { collections: 0, vectors: 0 };
    for (const set of sets) {
      if (set.store !== store) {
        moved.vectors += await this.#moveSet(plugin, set, store);
        moved.collections += 1;
      } else await this.#sweep(plugin, set);
    }
    return moved;
  }

  /** Does to the new place of a collection that is being moved what was done to the old one. */
  async follow(plugin: string, set: VectorSet, change: () => Promise<void>): Promise<void> {
    const going = this.#going.get(keyOf(plugin, set));
    if (going === undefined || going.failed !== undefined) return;
    await change().catch((error: unknown) => {
      going.failed = error;
    });
  }

  async #moveSet(plugin: string, set: VectorSet, store: VectorStoreName): Promise<number> {
    const { external, onMoved } = this.#powers;
    const going: { failed?: unknown } = {};
    try {
      const begun = await this.#step(plugin, set, async (table) => {
        if (store === 'external') {
          await external.drop(plugin, set);
          await external.make(plugin, set);
        } else await table.clear(set);
        this.#going.set(keyOf(plugin, set), going);
      });
      if (begun === undefined) return 0;
      for (let after: string | undefined = ''; after !== undefined; ) {
        const from: string = after;
        const copied = await this.#step(plugin, set, (table) => this.#copyPage(plugin, set, store, table, from));
        if (copied === undefined) return 0;
        after = copied.done;
      }
      const switched = await this.#step(plugin, set, async (table) => {
        // What is thrown here would be told as a fault of the database.
        if (going.failed !== undefined) return { failed: going.failed };
        const [here, there] = [await table.count(set), await external.count(plugin, set)];
        if (here !== there) return { failed: new Error(`${here} are here and ${there} there`) };
        await table.setStore(set, store);
        this.#going.delete(keyOf(plugin, set));
        onMoved(plugin, set);
        return { count: here };
      });
      if (switched?.done.failed !== undefined) throw switched.done.failed;
      await this.#sweep(plugin, { ...set, store });
      return switched?.done.count ?? 0;
    } catch (error) {
      // What arrived is of no use, and the other store may not encrypt it.
      await this.#sweep(plugin, set).catch(() => undefined);
      // That says best what to do: nothing was moved yet, or not all of it.
      if (isAicoError(error, 'VECTOR_EXTERNAL_UNAVAILABLE') || isAicoError(error, 'VECTOR_EXTERNAL_GONE')) throw error;
      const problem = error instanceof Error ? error.message : String(error);
      throw new AicoError('VECTOR_MOVE_FAILED', { subject: plugin, details: { problem }, cause: error });
    } finally {
      this.#going.delete(keyOf(plugin, set));
    }
  }

  /** Copies what comes after an id; the last one, or undefined at the end. */
  async #copyPage(
    plugin: string,
    set: VectorSet,
    store: VectorStoreName,
    table: VectorTable,
    after: string,
  ): Promise<string | undefined> {
    const { external } = this.#powers;
    if (store === 'external') {
      const { entries } = pageOf(await table.list(set, after, MOVED_AT_ONCE), MOVED_AT_ONCE);
      if (entries.length > 0) await external.upsert(plugin, set, entries);
      return entries.at(-1)?.id;
    }
    const { entries } = await external.list(plugin, set, after, MOVED_AT_ONCE);
    if (entries.length > 0) await table.upsert(set, entries.map(rowOf));
    return entries.at(-1)?.id;
  }

  /** Deletes what is left of a collection where it no longer is. */
  async #sweep(plugin: string, set: VectorSet): Promise<void> {
    await this.#step(plugin, set, async (table) => {
      if (set.store === 'external') await table.clear(set);
      else await this.#powers.external.drop(plugin, set).catch(() => undefined);
    });
  }

  /** Does something in the turn of a plugin's database, if the collection is still the same one where it was. */
  #step<Result>(
    plugin: string,
    set: VectorSet,
    work: (table: VectorTable) => Promise<Result>,
  ): Promise<{ readonly done: Result } | undefined> {
    return this.#use(plugin, async (table) => {
      const found = await table.set(set.name);
      return found?.number === set.number && found.store === set.store ? { done: await work(table) } : undefined;
    });
  }

  #use<Result>(plugin: string, work: (table: VectorTable) => Promise<Result>): Promise<Result> {
    return this.#powers.databases.use(plugin, (database) => database.vectors(work));
  }
}

/** An entry bit by bit as it came. */
export function rowOf({ id, vector, metadata }: VectorEntry): VectorRow {
  const numbers = decodeVector(vector) ?? new Float32Array();
  return { id, vector: bytesOf(numbers), code: packCode(numbers), ...(metadata && { metadata }) };
}

function keyOf(plugin: string, { number }: VectorSet): string {
  return `${plugin} ${number}`;
}
