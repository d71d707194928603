import type { RetentionPolicy, SeenClock, Storage } from '@aico/sdk';

/** Backups that hold what went for its age. Times in ms since 1970. */
export interface HeldByBackups {
  /** When the first of it went. */
  readonly since: number;
  /** When the last of it went. */
  readonly last: number;
}

/** How long what was said is kept, and how far that is. */
export interface KeptRetention {
  readonly policy: RetentionPolicy;
  readonly clock: SeenClock;
  /** When it last looked for what is too old, ms since 1970. */
  readonly ranAt?: number | undefined;
  readonly held?: HeldByBackups | undefined;
}

const KEY = 'retention';

/** Retention on the disk, and in memory once it was read. */
export class RetentionStore {
  readonly #storage: Pick<Storage, 'get' | 'set'>;
  readonly #now: () => number;
  #kept: KeptRetention | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(storage: Pick<Storage, 'get' | 'set'>, now: () => number) {
    this.#storage = storage;
    this.#now = now;
  }

  /** Everything for ever, unless something else was chosen. */
  async get(): Promise<KeptRetention> {
    if (this.#kept !== undefined) return this.#kept;
    const unset = { policy: { conversations: 0, memories: 0 }, clock: { believed: this.#now() } };
    const read = (await this.#storage.get<KeptRetention>(KEY)) ?? unset;
    // What was written meanwhile is newer than what was read.
    this.#kept ??= read;
    return this.#kept;
  }

  /** One change after the other: each goes on from what the one before left, and none counts before it is written. */
  put(changes: Partial<KeptRetention>): Promise<KeptRetention> {
    const put = this.#turn.then(async () => {
      const kept = { ...(await this.get()), ...changes };
      await this.#storage.set(KEY, kept);
      this.#kept = kept;
      return kept;
    });
    this.#turn = put.catch(() => undefined);
    return put;
  }
}
