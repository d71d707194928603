import type { Storage } from './context.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A clock that is far off is believed after it was seen to go steadily for so long. */
const STEADY_MS = 7 * DAY_MS;
const MOST_OFF_MS = 30 * DAY_MS;
/** What is kept for days only is not worth a wait of a week after each weekend. */
const LEAST_OFF_MS = 3.5 * DAY_MS;
/** While nothing else changes, what was seen is written down once in so long. */
const WRITE_AFTER_MS = HOUR_MS;

/** What is known of the machine's clock. Times in ms since 1970. */
export interface SeenClock {
  /** What it showed last, while it was believed. */
  readonly believed: number;
  readonly wait?: ClockWait;
}

export interface ClockWait {
  readonly since: number;
  readonly last: number;
  /** For how long it was seen to go steadily, ms; a day at most of each stretch without a look. */
  readonly steady: number;
}

/**
 * How far from where it was seen last a clock is still believed: half of the shortest time that something is kept for, so that a
 * clock that jumped never takes everything at once, 30 days at most, and three and a half at least. 0 days are for ever.
 */
export function mostOff(keptDays: readonly number[]): number {
  const shortest = Math.min(...keptDays.filter((days) => days > 0)) * DAY_MS;
  return Math.max(LEAST_OFF_MS, Math.min(MOST_OFF_MS, shortest / 2));
}

/** What is known after one more look. A machine that was off for long cannot be told from a clock that was set. */
export function lookAtClock({ believed, wait }: SeenClock, now: number, mostOffMs: number): SeenClock {
  if (Math.abs(now - believed) <= mostOffMs) return { believed: now };
  const step = wait === undefined ? Number.NaN : now - wait.last;
  if (wait === undefined || !(step >= 0 && step <= mostOffMs))
    return { believed, wait: { since: now, last: now, steady: 0 } };
  const steady = wait.steady + Math.min(step, DAY_MS);
  return steady >= STEADY_MS ? { believed: now } : { believed, wait: { since: wait.since, last: now, steady } };
}

export function steadyHours({ steady }: ClockWait): number {
  return Math.floor(steady / HOUR_MS);
}

export interface ClockWatchPowers {
  /** What was kept of it, on the disk. */
  readonly get: () => Promise<SeenClock | undefined>;
  readonly set: (seen: SeenClock) => Promise<void>;
  /** ms since 1970, as the machine's clock tells it. */
  readonly now: () => number;
  /** Told once when it begins to wait: nothing goes for its age for now. */
  readonly onWait?: (seen: SeenClock) => void;
}

/** Keeps what was seen in the table `seen_clock (id, seen)` of one's own database, in one row. */
export function clockTable(storage: Pick<Storage, 'batch' | 'query'>): Pick<ClockWatchPowers, 'get' | 'set'> {
  return {
    get: async () => {
      const [row] = await storage.query<{ readonly seen: string }>('select seen from seen_clock');
      return row === undefined ? undefined : (JSON.parse(row.seen) as SeenClock);
    },
    set: async (seen) => {
      const sql = 'insert or replace into seen_clock (id, seen) values (1, ?)';
      await storage.batch([{ sql, values: [JSON.stringify(seen)] }]);
    },
  };
}

/** For what removes data for its age: tells by which time, and for now by none when the clock is far from where it was. */
export class ClockWatch {
  readonly #powers: ClockWatchPowers;
  #seen: SeenClock | undefined;
  #writtenAt: number | undefined;

  constructor(powers: ClockWatchPowers) {
    this.#powers = powers;
  }

  /**
   * Looks at the clock; to be called before each removal, once a day at least. Returns the time that it shows, ms since 1970, or
   * undefined while it is not believed.
   */
  async believed(keptDays: readonly number[]): Promise<number | undefined> {
    const { get, set, now, onWait } = this.#powers;
    const at = now();
    const before = this.#seen ?? (await get()) ?? { believed: at };
    const seen = lookAtClock(before, at, mostOff(keptDays));
    const isSame = seen.wait?.since === before.wait?.since;
    if (!isSame || this.#writtenAt === undefined || Math.abs(at - this.#writtenAt) >= WRITE_AFTER_MS) {
      // A disk that refuses keeps nothing from going: what is kept is older then, so that after a restart less is believed.
      await set(seen).then(
        () => {
          this.#writtenAt = at;
        },
        () => undefined,
      );
    }
    this.#seen = seen;
    if (seen.wait === undefined) return at;
    if (!isSame) onWait?.(seen);
    return undefined;
  }
}
