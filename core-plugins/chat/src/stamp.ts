/** Tells the time for records that are ordered by it. */
export type Stamp = () => string;

/** RFC 3339 times in UTC, each later than the one before, even when the clock stands or steps back. */
export function createStamp(now: () => number): Stamp {
  let last = 0;
  return () => {
    last = Math.max(now(), last + 1);
    return new Date(last).toISOString();
  };
}
