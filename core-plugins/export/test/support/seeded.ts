/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): { readonly below: (limit: number) => number; readonly uuid: () => string } {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const hex = (length: number): string => Array.from({ length }, () => below(16).toString(16)).join('');
  return { below, uuid: () => [hex(8), hex(4), `4${hex(3)}`, `8${hex(3)}`, hex(12)].join('-') };
}

const PIECES = [
  'tea',
  'Ärger',
  '🐈',
  '\n',
  '\u2028',
  '"',
  '\\',
  '\u0000',
  '日本',
  ' ',
  '# ',
  'a'.repeat(2000),
  '{"id":1}',
];

/** A text of anything that a format could trip over. */
export function textOf(below: (limit: number) => number): string {
  return Array.from({ length: 1 + below(6) }, () => PIECES[below(PIECES.length)] ?? '').join('') || 'x';
}
