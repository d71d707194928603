import { AicoError, isAicoError } from '@aico/sdk';
import type { Asked, ChromaWay } from './chroma-ways.ts';

/** A collection by its id in the server. */
export interface ServerCollection {
  readonly id: string;
}

const ABILITIES = '/api/v2/pre-flight-checks';
const COLLECTIONS = '/api/v2/tenants/default_tenant/databases/default_database/collections';
const GONE = 404;
/**
 * Vectors have length 1, so that the inner product is the cosine, and Chroma leaves them as they are. What the rest costs and
 * finds is in docs/performance.md. Chroma writes its index each `sync_threshold` vectors; until then they are in its log, which a
 * kill does not take, and from which it makes what is missing anew at its start.
 */
const INDEX = { space: 'ip', ef_construction: 100, ef_search: 200, max_neighbors: 16, sync_threshold: 10_000 };
/** Errors that say well what is wrong already. */
const CLEAR = new Set(['VECTOR_EXTERNAL_UNAVAILABLE', 'VECTOR_SERVER_AWAY']);

/** A Chroma server, by its REST interface: https://docs.trychroma.com/reference/overview */
export class ChromaServer {
  readonly #way: ChromaWay;

  constructor(way: ChromaWay) {
    this.#way = way;
  }

  /** Tells one server from another: what is kept of one holds for it alone. */
  get identity(): string {
    return this.#way.identity;
  }

  /** Whether it takes vectors as float32 in base64, as AICO has them, or only as numbers written out. */
  async takesBase64(): Promise<boolean> {
    const abilities = await this.#ask<{ readonly supports_base64_encoding?: boolean }>('GET', ABILITIES);
    return abilities?.supports_base64_encoding === true;
  }

  collection(name: string): Promise<ServerCollection | undefined> {
    return this.#ask('GET', `${COLLECTIONS}/${name}`);
  }

  async create(name: string): Promise<ServerCollection> {
    const configuration = { hnsw: INDEX };
    const made = await this.#ask<ServerCollection>('POST', COLLECTIONS, { name, get_or_create: true, configuration });
    if (made === undefined) throw unavailable('it made no collection');
    return made;
  }

  async remove(name: string): Promise<void> {
    await this.#ask('DELETE', `${COLLECTIONS}/${name}`);
  }

  async count({ id }: ServerCollection): Promise<number> {
    return (await this.#ask<number>('GET', `${COLLECTIONS}/${id}/count`)) ?? 0;
  }

  /** Does one of `upsert`, `get`, `query`, `delete` in a collection. */
  async run<Answer>({ id }: ServerCollection, action: string, body: unknown): Promise<Answer> {
    const answer = await this.#ask<Answer>('POST', `${COLLECTIONS}/${id}/${action}`, body);
    if (answer === undefined) throw unavailable('a collection went away meanwhile');
    return answer;
  }

  /** What it answers; undefined when it knows nothing of the kind. */
  async #ask<Answer>(method: Asked['method'], path: string, body?: unknown): Promise<Answer | undefined> {
    const content = body === undefined ? {} : { text: JSON.stringify(body) };
    try {
      const { status, text } = await this.#way.ask({ method, path, ...content });
      if (status >= 200 && status < 300) return JSON.parse(text) as Answer;
      if (status === GONE) return undefined;
      throw unavailable(`it answered ${status}: ${text.slice(0, 200)}`);
    } catch (error) {
      if (isAicoError(error) && CLEAR.has(error.code)) throw error;
      throw unavailable(error instanceof Error ? error.message : String(error), error);
    }
  }
}

function unavailable(problem: string, cause?: unknown): AicoError {
  return new AicoError('VECTOR_EXTERNAL_UNAVAILABLE', {
    subject: 'chroma',
    details: { problem: problem.replace(/\.$/, '') },
    cause,
  });
}
