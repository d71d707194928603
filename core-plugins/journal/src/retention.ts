/** How long and how much is kept. */
export interface Limits {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
}

interface KeptSegment {
  readonly last: number;
  readonly bytes: number;
  readonly writtenAt: number;
}

/** The newest file is closed after this part of the age, so that its events can go in time too. */
const PART_OF_AGE = 1 / 10;

/**
 * How many of the oldest files are to go: those too old, whoever may need them, and, while there is too much, those that
 * nobody needs any more. Never the newest.
 * @param neededFrom the lowest sequence that some group may still need
 */
export function countToDrop(
  segments: readonly KeptSegment[],
  { maxAgeMs, maxBytes }: Limits,
  neededFrom: number,
  now: number,
): number {
  let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  let count = 0;
  for (const segment of segments.slice(0, -1)) {
    const isTooOld = segment.writtenAt < now - maxAgeMs;
    if (!isTooOld && (bytes <= maxBytes || segment.last >= neededFrom)) break;
    bytes -= segment.bytes;
    count += 1;
  }
  return count;
}

/** Whether the newest file, begun at a time, should be closed. */
export function shouldRoll(madeAt: number, { maxAgeMs }: Limits, now: number): boolean {
  return now - madeAt > maxAgeMs * PART_OF_AGE;
}
