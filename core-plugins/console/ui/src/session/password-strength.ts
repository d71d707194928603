/** How hard a password is to guess, in the steps that the app shows. */
export type Strength = 'none' | 'tooShort' | 'common' | 'weak' | 'fair' | 'good' | 'strong';

const LEAST_LENGTH = 8;
const BITS: readonly (readonly [Strength, number])[] = [
  ['strong', 75],
  ['good', 58],
  ['fair', 42],
];

/** The beginnings of every published list of passwords; with digits and signs taken off, whole and as a part. */
const COMMON: ReadonlySet<string> = new Set(
  (
    'password passwort passw pass kennwort geheim secret letmein login welcome willkommen hallo hello admin master ' +
    'monkey dragon football baseball soccer superman batman iloveyou schatz sommer winter summer spring autumn ' +
    'princess sunshine shadow qwerty qwertz asdf asdfgh qwertyuiop qwertzuiop yxcvbn zxcvbn abc abcdef test testtest ' +
    'changeme default trustno freedom whatever computer internet berlin hamburg starwars pokemon michael daniel thomas'
  ).split(' '),
);

/**
 * A cautious estimate, not a promise: characters count by the alphabet that they are drawn from, repeats, runs of the
 * keyboard and well-known words count as one. A guesser needs about 0.1 s a try here (Argon2id, 64 MB).
 */
export function passwordStrength(password: string): Strength {
  if (password === '') return 'none';
  if ([...password].length < LEAST_LENGTH) return 'tooShort';
  const lower = password.toLowerCase();
  if (COMMON.has(lower.replace(/[^\p{L}]/gu, ''))) return 'common';
  const bits = estimateBits(password, shorten(lower));
  return BITS.find(([, least]) => bits >= least)?.[0] ?? 'weak';
}

/** How many of the four marks are filled. */
export function strengthMarks(strength: Strength): number {
  return { none: 0, tooShort: 0, common: 1, weak: 1, fair: 2, good: 3, strong: 4 }[strength];
}

function estimateBits(password: string, essence: readonly string[]): number {
  const pool =
    (/\p{Ll}/u.test(password) ? 26 : 0) +
    (/\p{Lu}/u.test(password) ? 26 : 0) +
    (/\d/.test(password) ? 10 : 0) +
    (/[^\p{L}\d\s]/u.test(password) ? 24 : 0) +
    (/\s/.test(password) ? 6 : 0);
  const words = password
    .trim()
    .split(/[\s\-_.]+/)
    .filter((word) => /^\p{L}{3,}$/u.test(word));
  const perCharacter = essence.length * Math.log2(Math.max(pool, 10));
  // A row of words is drawn from a dictionary, not from letters: about 15 bits for each that is not the same again.
  const asWords =
    words.length >= 3 ? new Set(words.map((word) => word.toLowerCase())).size * 15 : Number.POSITIVE_INFINITY;
  return Math.min(perCharacter, asWords);
}

/** The characters that add something: not a repeat, not the next of a run, not the rest of a well-known word. */
function shorten(lower: string): string[] {
  let text = lower;
  for (const word of COMMON) if (word.length > 3) text = text.replaceAll(word, '\u0001');
  const characters = [...text];
  return characters.filter((character, index) => {
    const before = characters[index - 1];
    const earlier = characters[index - 2];
    if (before === undefined) return true;
    const step = stepBetween(before, character);
    if (step === 0) return false;
    return !(earlier !== undefined && Math.abs(step) === 1 && stepBetween(earlier, before) === step);
  });
}

function stepBetween(a: string, b: string): number {
  return (b.codePointAt(0) ?? 0) - (a.codePointAt(0) ?? 0);
}
