const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/** How long an event rests after so many failed tries: 1, 2, 4 … 60 s. */
export function restMs(attempts: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempts - 1));
}
