import { ClockWatch, clockTable, type SeenClock, type SqlStatement, type Storage } from '@aico/sdk';

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
  readonly #clock: ClockWatch;
  #added = 0;

  constructor(
    storage: Pick<Storage, 'batch' | 'query'>,
    settings: () => RetentionSettings,
    clock: { readonly now: () => number; readonly onWait: (seen: SeenClock) => void },
  ) {
    this.#storage = storage;
    this.#settings = settings;
    this.#clock = new ClockWatch({ ...clock, ...clockTable(storage) });
  }

  /** An entry was added. */
  async added(): Promise<void> {
    this.#added += 1;
    if (this.#added < EVERY) return;
    this.#added = 0;
    await this.prune();
  }

  /** Returns how many entries went; while the clock is not believed none goes for its age. */
  async prune(): Promise<{ readonly removed: number; readonly waits?: true }> {
    const { keepDays, keepConnections } = this.#settings();
    const now = await this.#clock.believed([keepDays]);
    const before = await this.#count();
    const tooMuch: SqlStatement = {
      sql: `delete from entry where outcome <> 'open' and id in (
              select id from (select id, row_number() over (partition by plugin, reach = 'machine' order by id desc) as place from entry)
              where place > ?)`,
      values: [keepConnections],
    };
    const tooOld = (at: number): SqlStatement => ({
      sql: `delete from entry where time < ? and outcome <> 'open'`,
      values: [at - keepDays * DAY_MS],
    });
    await this.#storage.batch(now === undefined ? [tooMuch] : [tooOld(now), tooMuch]);
    const removed = Math.max(0, before - (await this.#count()));
    return { removed, ...(now === undefined && { waits: true }) };
  }

  async #count(): Promise<number> {
    const [row] = await this.#storage.query<{ count: number }>('select count(*) as count from entry');
    return row?.count ?? 0;
  }
}
