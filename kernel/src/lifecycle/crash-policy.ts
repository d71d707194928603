const WINDOW_MS = 5 * 60_000;
const QUARANTINE_AFTER = 3;
const FIRST_BACKOFF_MS = 1_000;
const LAST_BACKOFF_MS = 60_000;

/** What follows a crash: another try after some ms, or none. */
export type CrashVerdict =
  | { readonly kind: 'backoff'; readonly delayMs: number; readonly crashes: readonly number[] }
  | { readonly kind: 'quarantine'; readonly crashes: readonly number[] };

/**
 * Judges a crash by those before it: 1, 2, 4 … 60 s with up to a quarter of jitter, and quarantine at the third in five
 * minutes.
 * @param crashes times of earlier crashes, ms since 1970
 * @param random in [0, 1)
 */
export function judgeCrash(crashes: readonly number[], now: number, random: number): CrashVerdict {
  const recent = [...crashes.filter((at) => at > now - WINDOW_MS && at <= now), now];
  if (recent.length >= QUARANTINE_AFTER) return { kind: 'quarantine', crashes: recent };
  const base = Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (recent.length - 1));
  return { kind: 'backoff', delayMs: Math.round(base * (1 + random / 4)), crashes: recent };
}
