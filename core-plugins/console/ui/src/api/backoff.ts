const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** Milliseconds before try number `attempt` (from 0): doubling to 15 s, spread by a fifth so that tabs do not march. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS);
  return Math.round(base * (0.8 + 0.4 * random()));
}
