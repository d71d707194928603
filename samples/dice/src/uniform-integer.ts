const RANGE = 2 ** 32;

/** Where chance comes from: a uniform integer of 32 bits. */
export type RandomSource = () => number;

/** The platform's secure chance. */
export function secureRandom(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

/**
 * A uniform integer from 1 to `sides`. Draws from the incomplete last stretch of the range are thrown away: a plain
 * remainder would favour the low numbers.
 */
export function uniformInteger(sides: number, random: RandomSource): number {
  const fair = RANGE - (RANGE % sides);
  for (;;) {
    const drawn = random();
    if (drawn < fair) return (drawn % sides) + 1;
  }
}
