const SIGMA = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;
const DOUBLE_ROUNDS = 10;
/** Places of the state that HSalsa20 keeps, in the order in which it writes them. */
const KEPT = [0, 5, 10, 15, 6, 7, 8, 9] as const;

/** Quarter rounds: each names four places; columns, then rows. */
const QUARTERS = [
  [0, 4, 8, 12],
  [5, 9, 13, 1],
  [10, 14, 2, 6],
  [15, 3, 7, 11],
  [0, 1, 2, 3],
  [5, 6, 7, 4],
  [10, 11, 8, 9],
  [15, 12, 13, 14],
] as const;

/**
 * HSalsa20 with an input of zeros: turns the outcome of X25519 (32 bytes) into the key of NaCl's box (32 bytes), so that a
 * connection agrees on it once. Source: D. J. Bernstein, "Extending the Salsa20 nonce", 2011.
 */
export function hsalsa20(shared: Uint8Array): Uint8Array {
  const view = new DataView(shared.buffer, shared.byteOffset, shared.byteLength);
  const word = (at: number): number => view.getInt32(at * 4, true);
  const state = new Int32Array(16);
  for (let at = 0; at < 4; at += 1) {
    state[at * 5] = SIGMA[at as 0];
    state[1 + at] = word(at);
    state[11 + at] = word(at + 4);
  }
  for (let round = 0; round < DOUBLE_ROUNDS; round += 1) for (const quarter of QUARTERS) mix(state, quarter);
  const key = new Uint8Array(32);
  const out = new DataView(key.buffer);
  for (const [at, place] of KEPT.entries()) out.setInt32(at * 4, state[place] as number, true);
  return key;
}

function mix(state: Int32Array, [a, b, c, d]: readonly [number, number, number, number]): void {
  turn(state, b, a, d, 7);
  turn(state, c, b, a, 9);
  turn(state, d, c, b, 13);
  turn(state, a, d, c, 18);
}

function turn(state: Int32Array, into: number, one: number, other: number, bits: number): void {
  const sum = ((state[one] as number) + (state[other] as number)) | 0;
  state[into] = (state[into] as number) ^ ((sum << bits) | (sum >>> (32 - bits)));
}
