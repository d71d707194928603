/** Says that the bytes between two places are JSON of a schema for certain; else only the whole validator can tell. */
export type QuickCheck = (bytes: Uint8Array, start: number, end: number) => boolean;

/** Looks at the value at a place: returns the place behind it, or `UNSURE`. */
export type ValueCheck = (bytes: Uint8Array, at: number) => number;

/*
 * Parts of the quick checks that `npm run generate` writes. None asks for the end: they only ever move on, so whoever read
 * beyond it cannot arrive at it. A byte beyond the last one reads as undefined, which equals nothing.
 */
export const UNSURE = -1;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const UPPER_E = 0x45;
const LOWER_E = 0x65;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
/** More digits may not be exact. */
const MOST_DIGITS = 15;

/** A table with 1 at each byte of a set of ASCII characters. */
export function byteSet(characters: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}

/** What a text holds without escapes. */
const PLAIN: Uint8Array = new Uint8Array(256).fill(1, 0x20);
PLAIN[QUOTE] = 0;
PLAIN[BACKSLASH] = 0;

/**
 * A text without escapes, of any language, of so many bytes at most. A character takes one byte or more, so that a text
 * may seem too long and never too short.
 * @param least 0 or 1
 */
export function plainText(bytes: Uint8Array, at: number, least: number, most: number): number {
  if (bytes[at] !== QUOTE) return UNSURE;
  let next = at + 1;
  while (PLAIN[bytes[next] as number] === 1) next++;
  const length = next - at - 1;
  return bytes[next] === QUOTE && length >= least && length <= most ? next + 1 : UNSURE;
}

/** A text whose characters follow a pattern, which returns where it ends. */
export function patternText(bytes: Uint8Array, at: number, least: number, most: number, pattern: ValueCheck): number {
  if (bytes[at] !== QUOTE) return UNSURE;
  const end = pattern(bytes, at + 1);
  const length = end - at - 1;
  return end >= 0 && bytes[end] === QUOTE && length >= least && length <= most ? end + 1 : UNSURE;
}

/** A whole number in plain digits. */
export function integer(bytes: Uint8Array, at: number, least: number, most: number): number {
  const first = bytes[at] === MINUS ? at + 1 : at;
  let value = 0;
  let next = first;
  for (let byte = bytes[next] as number; byte >= ZERO && byte <= NINE; byte = bytes[next] as number) {
    value = value * 10 + byte - ZERO;
    next += 1;
  }
  const digits = next - first;
  if (digits === 0 || digits > MOST_DIGITS || (digits > 1 && bytes[first] === ZERO)) return UNSURE;
  const after = bytes[next];
  if (after === DOT || after === UPPER_E || after === LOWER_E) return UNSURE;
  const signed = first === at ? value : -value;
  return signed >= least && signed <= most ? next : UNSURE;
}

/** A list of values of one kind. */
export function list(bytes: Uint8Array, at: number, least: number, most: number, item: ValueCheck): number {
  if (bytes[at] !== OPEN_BRACKET) return UNSURE;
  if (bytes[at + 1] === CLOSE_BRACKET) return least === 0 ? at + 2 : UNSURE;
  let next = at;
  for (let count = 1; count <= most; count++) {
    next = item(bytes, next + 1);
    if (next < 0) return UNSURE;
    if (bytes[next] === CLOSE_BRACKET) return count >= least ? next + 1 : UNSURE;
    if (bytes[next] !== COMMA) return UNSURE;
  }
  return UNSURE;
}
