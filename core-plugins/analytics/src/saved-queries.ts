import { AicoError, type ForgetFound, findMention, type SavedQuery, type SavedQueryPut, type Storage } from '@aico/sdk';
import { READY_QUERIES } from './ready-queries.ts';

const PREFIX = 'query/';
const MOST = 200;
const MOST_CHARACTERS = 300;

/** Questions that are kept: those that came with AICO, and the user's own in the plugin's encrypted storage. */
export class SavedQueries {
  readonly #storage: Pick<Storage, 'get' | 'set' | 'delete' | 'list'>;

  constructor(storage: Pick<Storage, 'get' | 'set' | 'delete' | 'list'>) {
    this.#storage = storage;
  }

  async list(): Promise<SavedQuery[]> {
    const own = await this.#own();
    return [...READY_QUERIES, ...own.toSorted((one, other) => one.name.localeCompare(other.name))];
  }

  /** @throws AicoError ANALYTICS_SAVED_UNKNOWN, ANALYTICS_SAVED_LIMIT */
  async put({ id, name, sql, chart }: SavedQueryPut): Promise<SavedQuery> {
    if (id === undefined && (await this.#own()).length >= MOST)
      throw new AicoError('ANALYTICS_SAVED_LIMIT', { subject: 'analytics', details: { limit: MOST } });
    if (id !== undefined) await this.#get(id);
    const query = { id: id ?? crypto.randomUUID(), name, sql, chart };
    await this.#storage.set(PREFIX + query.id, query);
    return query;
  }

  /** Returns what it was. @throws AicoError ANALYTICS_SAVED_UNKNOWN */
  async delete(id: string): Promise<SavedQuery> {
    const query = await this.#get(id);
    await this.#storage.delete(PREFIX + id);
    return query;
  }

  /** The user's own questions that mention somebody. They have no time: nothing of them is of a period. */
  async mentioning(names: readonly string[], now: Date): Promise<ForgetFound> {
    const meant = (await this.#own()).filter(({ name, sql }) => findMention(`${name} ${sql}`, names) !== undefined);
    return {
      items: meant.map(({ id, name, sql }) => {
        return { kind: 'question', id, text: `${name}: ${sql}`.slice(0, MOST_CHARACTERS), when: now.toISOString() };
      }),
    };
  }

  /** Removes own questions for good. How many there were. */
  async remove(ids: readonly string[]): Promise<number> {
    const own = (await this.#own()).filter(({ id }) => ids.includes(id));
    for (const { id } of own) await this.#storage.delete(PREFIX + id);
    return own.length;
  }

  async #get(id: string): Promise<SavedQuery> {
    const query = await this.#storage.get<SavedQuery>(PREFIX + id);
    if (query === undefined) throw new AicoError('ANALYTICS_SAVED_UNKNOWN', { subject: id });
    return query;
  }

  async #own(): Promise<SavedQuery[]> {
    const own: SavedQuery[] = [];
    for (let after: string | undefined; ; ) {
      const page = await this.#storage.list<SavedQuery>({ prefix: PREFIX, ...(after === undefined ? {} : { after }) });
      own.push(...page.entries.map(({ value }) => value));
      after = page.next;
      if (after === undefined) return own;
    }
  }
}
