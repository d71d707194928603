import {
  AicoError,
  isAicoError,
  type VectorEntry,
  type VectorExternalAnswer,
  type VectorExternalAsk,
  type VectorHit,
  type VectorPage,
  type VectorQuery,
} from '@aico/sdk';
import type { VectorSet } from './vector-table.ts';

/** Asks whoever serves `vector.external.ask.v1`. */
export type AskExternal = (ask: VectorExternalAsk) => Promise<VectorExternalAnswer>;

/** Nobody serves it, or whoever did went away. */
const ABSENT = new Set(['KERNEL_NO_SERVER', 'KERNEL_SERVER_GONE', 'KERNEL_REQUEST_TIMEOUT', 'KERNEL_SERVER_BUSY']);

type Collection = Pick<VectorSet, 'name' | 'dimensions'>;

/** Vectors in a store outside storage. @throws AicoError VECTOR_EXTERNAL_UNAVAILABLE, and VECTOR_EXTERNAL_GONE where it is another store than before */
export class ExternalVectors {
  readonly #ask: AskExternal;

  constructor(ask: AskExternal) {
    this.#ask = ask;
  }

  /** Makes a collection where there is none. */
  async make(plugin: string, set: Collection): Promise<void> {
    await this.#run(plugin, set, { upsert: [] });
  }

  /** Keeps vectors in a collection that there is. */
  async upsert(plugin: string, set: VectorSet, upsert: readonly VectorEntry[]): Promise<void> {
    // In another store it would be made, and all that came before would be missing.
    await this.count(plugin, set);
    await this.#run(plugin, set, { upsert: [...upsert] });
  }

  async query(plugin: string, set: VectorSet, query: VectorQuery): Promise<VectorHit[]> {
    return there(plugin, set, (await this.#run(plugin, set, { query })).hits);
  }

  async delete(plugin: string, set: VectorSet, ids: readonly string[]): Promise<number> {
    return there(plugin, set, (await this.#run(plugin, set, { delete: [...ids] })).deleted);
  }

  async list(plugin: string, set: VectorSet, after: string, limit: number): Promise<VectorPage> {
    const list = { collection: set.name, limit, ...(after !== '' && { after }) };
    const { entries, next } = await this.#run(plugin, set, { list });
    return { entries: there(plugin, set, entries), ...(next !== undefined && { next }) };
  }

  async count(plugin: string, set: VectorSet): Promise<number> {
    return there(plugin, set, (await this.#run(plugin, set, { count: true })).count);
  }

  async drop(plugin: string, set: VectorSet): Promise<void> {
    await this.#run(plugin, set, { drop: true });
  }

  async #run(
    owner: string,
    { name, dimensions }: Collection,
    what: Omit<VectorExternalAsk, 'owner' | 'collection' | 'dimensions'>,
  ): Promise<VectorExternalAnswer> {
    try {
      return await this.#ask({ owner, collection: name, dimensions, ...what });
    } catch (error) {
      if (!isAicoError(error) || !ABSENT.has(error.code)) throw error;
      const details = { problem: error.message.replace(/\.$/, '') };
      throw new AicoError('VECTOR_EXTERNAL_UNAVAILABLE', { subject: owner, details, cause: error });
    }
  }
}

function there<Found>(subject: string, { name }: VectorSet, found: Found | undefined): Found {
  if (found === undefined) throw new AicoError('VECTOR_EXTERNAL_GONE', { subject, details: { collection: name } });
  return found;
}
