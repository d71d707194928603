import type { Storage } from '@aico/sdk';

const DAY_MS = 86_400_000;
/** Entries after which the list is looked over. */
const EVERY = 500;

export interface RetentionSettings {
  readonly keepDays: number;
  readonly keepConnections: number;
}

/** Drops what is too old, and of each plugin what is too much: nobody can push out what another one did, nor what left by what stayed. */
export class Retention {
  readonly #storage: Pick<Storage, 'batch' | 'query'>;
  readonly #settings: () => RetentionSettings;
  readonly #now: () => number;
  #added = 0;

  constructor(storage: Pick<Storage, 'batch' | 'query'>, settings: () => RetentionSettings, now: () => number) {
    this.#storage = storage;
    this.#settings = settings;
    this.#now = now;
  }

  /** An entry was added. */
  async added(): Promise<void> {
    this.#added += 1;
    if (this.#added < EVERY) return;
    this.#added = 0;
    await this.prune();
  }

  /** Returns how many entries went. */
  async prune(): Promise<number> {
    const { keepDays, keepConnections } = this.#settings();
    const before = await this.#count();
    await this.#storage.batch([
      { sql: `delete from entry where time < ? and outcome <> 'open'`, values: [this.#now() - keepDays * DAY_MS] },
      {
        sql: `delete from entry where outcome <> 'open' and id in (
                select id from (select id, row_number() over (partition by plugin, reach = 'machine' order by id desc) as place from entry)
                where place > ?)`,
        values: [keepConnections],
      },
    ]);
    return Math.max(0, before - (await this.#count()));
  }

  async #count(): Promise<number> {
    const [row] = await this.#storage.query<{ count: number }>('select count(*) as count from entry');
    return row?.count ?? 0;
  }
}
