const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A clock that is far off is believed after it was seen to go steadily for so long. */
const STEADY_MS = 7 * DAY_MS;
const MOST_OFF_MS = 30 * DAY_MS;

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
 * clock that jumped never takes everything at once, and 30 days at most.
 */
export function mostOff(keptDays: readonly number[]): number {
  const shortest = Math.min(...keptDays.filter((days) => days > 0)) * DAY_MS;
  return Math.min(MOST_OFF_MS, shortest / 2);
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
