import { AicoError, type Fetch, isAicoError } from '@aico/sdk';

/** A collection by its id in the server. */
export interface ServerCollection {
  readonly id: string;
}

const COLLECTIONS = '/api/v2/tenants/default_tenant/databases/default_database/collections';
const TIMEOUT_MS = 60_000;
const GONE = 404;

/** A Chroma server, by its REST interface: https://docs.trychroma.com/reference/overview */
export class ChromaServer {
  readonly #fetch: Fetch;
  readonly #url: () => string;

  /** @param url its address as it is now */
  constructor(fetch: Fetch, url: () => string) {
    this.#fetch = fetch;
    this.#url = url;
  }

  /** Its address, as far as anything kept about it depends on it. */
  get address(): string {
    return this.#url().replace(/\/$/, '');
  }

  collection(name: string): Promise<ServerCollection | undefined> {
    return this.#ask('GET', `/${name}`);
  }

  /** Makes a collection. Vectors have length 1, so that the inner product is the cosine, and Chroma leaves them as they are. */
  async create(name: string): Promise<ServerCollection> {
    const configuration = { hnsw: { space: 'ip', ef_construction: 200, ef_search: 400, max_neighbors: 32 } };
    const made = await this.#ask<ServerCollection>('POST', '', { name, get_or_create: true, configuration });
    if (made === undefined) throw unavailable('it made no collection');
    return made;
  }

  async remove(name: string): Promise<void> {
    await this.#ask('DELETE', `/${name}`);
  }

  async count({ id }: ServerCollection): Promise<number> {
    return (await this.#ask<number>('GET', `/${id}/count`)) ?? 0;
  }

  /** Does one of `upsert`, `get`, `query`, `delete` in a collection. */
  async run<Answer>({ id }: ServerCollection, action: string, body: unknown): Promise<Answer> {
    const answer = await this.#ask<Answer>('POST', `/${id}/${action}`, body);
    if (answer === undefined) throw unavailable('a collection went away meanwhile');
    return answer;
  }

  /** What it answers; undefined when it knows no such collection. */
  async #ask<Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer | undefined> {
    const url = `${this.address}${COLLECTIONS}${path}`;
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { 'content-type': 'application/json' };
    try {
      const answer = await this.#fetch(url, { method, headers, timeoutMs: TIMEOUT_MS, redirect: 'error', ...content });
      if (answer.ok) return await answer.json<Answer>();
      if (answer.status === GONE) return undefined;
      throw unavailable(`it answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
    } catch (error) {
      throw isAicoError(error) && error.code === 'VECTOR_EXTERNAL_UNAVAILABLE'
        ? error
        : unavailable(error instanceof Error ? error.message : String(error), error);
    }
  }
}

function unavailable(problem: string, cause?: unknown): AicoError {
  return new AicoError('VECTOR_EXTERNAL_UNAVAILABLE', { subject: 'chroma', details: { problem }, cause });
}
