import type {
  VectorEntry,
  VectorExternalAnswer,
  VectorExternalAsk,
  VectorHit,
  VectorList,
  VectorMetadata,
  VectorQuery,
} from '@aico/sdk';
import { fromChromaMetadata, toChromaMetadata, toChromaWhere } from './chroma-json.ts';
import type { ChromaServer, ServerCollection } from './chroma-server.ts';

interface Got {
  readonly ids: readonly string[];
  readonly embeddings?: readonly (readonly number[])[] | null;
  readonly metadatas?: readonly (VectorMetadata | null)[] | null;
}

interface Found {
  readonly ids: readonly (readonly string[])[];
  readonly distances: readonly (readonly number[])[] | null;
  readonly metadatas: readonly (readonly (VectorMetadata | null)[])[] | null;
}

const DEFAULT_HITS = 10;
const DEFAULT_PAGE = 100;
/** What a message of 8 MiB holds, with something to spare. */
const CHARACTERS_AT_ONCE = 7_500_000;
const CHARACTERS_OF_NUMBER = 14;
/** All that may be known of a vector, and its id. */
const CHARACTERS_OF_METADATA = 34_000;
/** Of 200 characters each, as long as they may be, they fit into a message too. */
const IDS_AT_ONCE = 20_000;

/** Collections of plugins in a Chroma server. */
export class ChromaStore {
  readonly #server: ChromaServer;
  readonly #collections = new Map<string, ServerCollection>();
  /** Ids in order, of the collection that was listed last: Chroma lists in the order in which they came. */
  #listed: { readonly name: string; readonly ids: readonly string[] } | undefined;

  constructor(server: ChromaServer) {
    this.#server = server;
  }

  async answer(ask: VectorExternalAsk): Promise<VectorExternalAnswer> {
    const name = `${ask.owner}.${ask.collection}.v`;
    if (ask.list === undefined) this.#listed = undefined;
    if (ask.drop === true) return this.#drop(name);
    const known = await this.#find(name);
    if (ask.upsert !== undefined) {
      await this.#upsert(known ?? (await this.#server.create(name)), ask.upsert);
      return {};
    }
    if (known === undefined) return {};
    if (ask.count === true) return { count: await this.#server.count(known) };
    if (ask.delete !== undefined) return { deleted: await this.#delete(known, ask.delete) };
    if (ask.list !== undefined) return this.#list(name, known, ask.list, ask.dimensions);
    return ask.query === undefined ? {} : { hits: await this.#query(known, ask.query) };
  }

  async #upsert(collection: ServerCollection, entries: readonly VectorEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const last = [...new Map(entries.map((entry) => [entry.id, entry])).values()];
    for (const part of partsOf(last)) {
      const ids = part.map(({ id }) => id);
      const [before, asBase64] = await Promise.all([
        this.#server.run<Got>(collection, 'get', { ids, include: ['metadatas'] }),
        this.#server.takesBase64(),
      ]);
      const kept = new Map(before.ids.map((id, index) => [id, before.metadatas?.[index]]));
      await this.#server.run(collection, 'upsert', {
        ids,
        embeddings: part.map(({ vector }) => (asBase64 ? vector : numbersOf(vector))),
        metadatas: part.map(({ id, metadata }) => replacing(kept.get(id), metadata)),
      });
    }
  }

  async #delete(collection: ServerCollection, ids: readonly string[]): Promise<number> {
    const there = await this.#server.run<Got>(collection, 'get', { ids, include: [] });
    if (there.ids.length > 0) await this.#server.run(collection, 'delete', { ids: there.ids });
    return there.ids.length;
  }

  async #query(collection: ServerCollection, asked: VectorQuery): Promise<VectorHit[]> {
    const { limit = DEFAULT_HITS, least = -1, where } = asked;
    const filter = toChromaWhere(where);
    const found = await this.#server.run<Found>(collection, 'query', {
      query_embeddings: [numbersOf(asked.vector)],
      n_results: limit,
      include: ['distances', 'metadatas'],
      ...(filter !== undefined && { where: filter }),
    });
    const hits = (found.ids[0] ?? []).map((id, at) => {
      const nearness = Math.max(-1, Math.min(1, 1 - (found.distances?.[0]?.[at] ?? 1)));
      return { id, nearness, ...metadataOf(found.metadatas?.[0]?.[at]) };
    });
    return hits.filter(({ nearness }) => nearness >= least);
  }

  async #list(
    name: string,
    collection: ServerCollection,
    { after = '', limit = DEFAULT_PAGE }: VectorList,
    dimensions: number,
  ): Promise<VectorExternalAnswer> {
    if (this.#listed?.name !== name || after === '') this.#listed = { name, ids: (await this.#ids(collection)).sort() };
    const rest = this.#listed.ids.filter((id) => id > after);
    const fitting = CHARACTERS_AT_ONCE / (dimensions * CHARACTERS_OF_NUMBER + CHARACTERS_OF_METADATA);
    const ids = rest.slice(0, Math.min(limit, Math.floor(fitting)));
    if (ids.length === 0) return { entries: [] };
    const got = await this.#server.run<Got>(collection, 'get', { ids, include: ['embeddings', 'metadatas'] });
    const entries = got.ids.map((id, at) => ({
      id,
      vector: base64Of(got.embeddings?.[at] ?? []),
      ...metadataOf(got.metadatas?.[at]),
    }));
    const next = rest.length > ids.length ? ids.at(-1) : undefined;
    entries.sort((a, b) => (a.id < b.id ? -1 : 1));
    return { entries, ...(next !== undefined && { next }) };
  }

  async #ids(collection: ServerCollection): Promise<string[]> {
    const ids: string[] = [];
    for (let came = IDS_AT_ONCE; came === IDS_AT_ONCE; ) {
      const asked = { include: [], offset: ids.length, limit: IDS_AT_ONCE };
      const got = await this.#server.run<Got>(collection, 'get', asked);
      for (const id of got.ids) ids.push(id);
      came = got.ids.length;
    }
    return ids;
  }

  async #drop(name: string): Promise<VectorExternalAnswer> {
    this.#collections.clear();
    await this.#server.remove(name);
    return {};
  }

  async #find(name: string): Promise<ServerCollection | undefined> {
    const key = `${this.#server.identity} ${name}`;
    const found = this.#collections.get(key) ?? (await this.#server.collection(name));
    if (found !== undefined) this.#collections.set(key, found);
    return found;
  }
}

/** Entries as they fit into a message each. */
function partsOf(entries: readonly VectorEntry[]): VectorEntry[][] {
  const parts: VectorEntry[][] = [[]];
  let characters = 0;
  for (const entry of entries) {
    const { id, vector, metadata } = entry;
    // Written out, a number takes less than three times of what it does in base64.
    const more = vector.length * 3 + id.length + (metadata ? JSON.stringify(metadata).length : 0);
    if (characters > 0 && characters + more > CHARACTERS_AT_ONCE) {
      parts.push([]);
      characters = 0;
    }
    parts.at(-1)?.push(entry);
    characters += more;
  }
  return parts;
}

/** New metadata in the place of old: Chroma would keep the old fields beside the new ones. */
function replacing(before: VectorMetadata | null | undefined, metadata: VectorMetadata = {}): unknown {
  const fields = toChromaMetadata(metadata);
  const gone = Object.keys(before ?? {}).filter((field) => !(field in fields));
  const all = { ...Object.fromEntries(gone.map((field) => [field, null])), ...fields };
  return Object.keys(all).length === 0 ? null : all;
}

function metadataOf(metadata: VectorMetadata | null | undefined): { metadata?: VectorMetadata } {
  if (metadata === null || metadata === undefined || Object.keys(metadata).length === 0) return {};
  return { metadata: fromChromaMetadata(metadata) };
}

/** So few digits tell one float32 from all others, and are half as much text as those of a float64. */
const DIGITS = 9;

function numbersOf(vector: string): number[] {
  const numbers = new Float32Array(Uint8Array.fromBase64(vector).buffer);
  return Array.from(numbers, (value) => Number(value.toPrecision(DIGITS)));
}

function base64Of(numbers: readonly number[]): string {
  return new Uint8Array(Float32Array.from(numbers).buffer).toBase64();
}
