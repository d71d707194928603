import { closeSync, openSync, readSync } from 'node:fs';

// Which of a plugin's keys encrypts its database is written at the head of its seal, readable without a key and part of what
// the seal's own sum covers: the two are copied, moved and restored together.
const FIRST = Buffer.from('AICOSEAL1\n');
const LATER = Buffer.from('AICOSEAL2\n');

/** The key that databases are made with. */
export const FIRST_GENERATION = 1;

/** The opening of a seal under a key of this generation. */
export function sealOpening(generation: number): Buffer {
  if (generation === FIRST_GENERATION) return FIRST;
  const number = Buffer.alloc(2);
  number.writeUInt16BE(generation);
  return Buffer.concat([LATER, number]);
}

/** The generation that a seal names; the first where there is no seal. */
export function readGeneration(sealPath: string): number {
  let file: number;
  try {
    file = openSync(sealPath, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return FIRST_GENERATION;
    throw error;
  }
  try {
    const opening = Buffer.alloc(LATER.length + 2);
    readSync(file, opening, 0, opening.length, 0);
    return opening.subarray(0, LATER.length).equals(LATER) ? opening.readUInt16BE(LATER.length) : FIRST_GENERATION;
  } finally {
    closeSync(file);
  }
}
