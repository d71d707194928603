import type { Storage } from '@aico/sdk';
import type { Entry } from './parse-feed.ts';

/** A feed that is followed. */
export interface Followed {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly etag: string | null;
  readonly modified: string | null;
  /** RFC 3339, UTC; null when it never answered with a feed. */
  readonly seenAt: string | null;
  /** RFC 3339, UTC. */
  readonly addedAt: string;
}

/** What a server said of its answer. */
export interface Stamp {
  readonly etag: string | undefined;
  readonly modified: string | undefined;
}

export const MAX_FEEDS = 30;
/** What is no longer in a feed may come back, and is then not new; for so long. */
const REMEMBERED_DAYS = 90;
const COLUMNS = `number, url, title, etag, modified, seen_at as seenAt,
  coalesce(added_at, seen_at, '1970-01-01T00:00:00.000Z') as addedAt`;

/** The feeds, and what was seen of them, in the plugin's own encrypted database. */
export class Shelf {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  list(): Promise<readonly Followed[]> {
    return this.#storage.query<Followed & Record<string, unknown>>(`select ${COLUMNS} from feed order by number`);
  }

  async add(url: string, title: string, addedAt: string): Promise<Followed> {
    const list = await this.list();
    const taken = new Set(list.map(({ number }) => number));
    let number = 1;
    while (taken.has(number)) number += 1;
    await this.#storage.batch([
      {
        sql: 'insert into feed (number, url, title, added_at) values (?, ?, ?, ?)',
        values: [number, url, title, addedAt],
      },
    ]);
    return { number, url, title, etag: null, modified: null, seenAt: null, addedAt };
  }

  async remove(number: number): Promise<void> {
    await this.#storage.batch([
      { sql: 'delete from seen where feed = ?', values: [number] },
      { sql: 'delete from feed where number = ?', values: [number] },
    ]);
  }

  /** Which entries of a feed were never seen before. */
  async fresh(number: number, entries: readonly Entry[]): Promise<readonly Entry[]> {
    const rows = await this.#storage.query<{ entry: string }>('select entry from seen where feed = ?', [number]);
    const known = new Set(rows.map(({ entry }) => entry));
    return entries.filter(({ id }) => !known.has(id));
  }

  /** A feed answered, with entries, or as it was the last time. */
  async saw(number: number, at: string, stamp: Stamp, entries: readonly Entry[]): Promise<void> {
    const before = new Date(Date.parse(at) - REMEMBERED_DAYS * 86_400_000).toISOString();
    const sql = 'insert into seen (feed, entry, at) values (?, ?, ?) on conflict do update set at = excluded.at';
    await this.#storage.batch([
      {
        sql: 'update feed set seen_at = ?, etag = ?, modified = ? where number = ?',
        values: [at, stamp.etag ?? null, stamp.modified ?? null, number],
      },
      ...entries.map(({ id }) => ({ sql, values: [number, id, at] })),
      { sql: 'delete from seen where feed = ? and at < ?', values: [number, before] },
    ]);
  }
}
