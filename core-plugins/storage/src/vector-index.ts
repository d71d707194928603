import { setImmediate } from 'node:timers/promises';
import type { VectorCode } from './vector-code.ts';
import { createVectorScan, type VectorScan } from './vector-scan.ts';

/** Rows that are looked at before others get their turn: about a millisecond. */
const TURN_ROWS = 16_384;
const SCORE_BYTES = TURN_ROWS * Int32Array.BYTES_PER_ELEMENT;
const PAGE_BYTES = 65_536;
const BLOCK_BYTES = 16;
const LARGEST_SUM = 2 ** 31 - 1;
const FIRST_ROWS = 64;

interface Scored {
  readonly key: number;
  readonly score: number;
}

/**
 * Codes of vectors in one block of memory, of which each is looked at: rough, for a byte a number, and quick. What it finds
 * is to be compared exactly afterwards. Keys are positive whole numbers. Calls must not overlap.
 */
export class VectorIndex {
  readonly dimensions: number;
  readonly #stride: number;
  readonly #rowsAt: number;
  readonly #scan: VectorScan = createVectorScan();
  readonly #rows = new Map<number, number>();
  #keys = new Float64Array(FIRST_ROWS);
  #scales = new Float32Array(FIRST_ROWS);

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#stride = Math.ceil(dimensions / BLOCK_BYTES) * BLOCK_BYTES;
    this.#rowsAt = SCORE_BYTES + this.#stride * Int16Array.BYTES_PER_ELEMENT;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** What it takes of memory, in bytes. */
  get bytes(): number {
    return this.#scan.memory.buffer.byteLength;
  }

  /** Adds a code, or replaces the one of its key. */
  set(key: number, { bytes, scale }: VectorCode): void {
    const row = this.#rows.get(key) ?? this.#rows.size;
    this.#makeRoom(row);
    this.#rows.set(key, row);
    this.#keys[row] = key;
    this.#scales[row] = scale;
    new Int8Array(this.#scan.memory.buffer, this.#offset(row), this.dimensions).set(bytes);
  }

  delete(key: number): void {
    const row = this.#rows.get(key);
    if (row === undefined) return;
    this.#rows.delete(key);
    const last = this.#rows.size;
    const memory = new Int8Array(this.#scan.memory.buffer);
    if (row !== last) {
      const moved = this.#keys[last] ?? 0;
      memory.copyWithin(this.#offset(row), this.#offset(last), this.#offset(last + 1));
      this.#keys[row] = moved;
      this.#scales[row] = this.#scales[last] ?? 0;
      this.#rows.set(moved, row);
    }
    memory.fill(0, this.#offset(last), this.#offset(last + 1));
  }

  /** About the nearest keys, about the nearest first, of all or of some. */
  async search(vector: Float32Array, count: number, among?: ReadonlySet<number>): Promise<number[]> {
    this.#makeRoom(0);
    this.#setQuery(vector);
    let best: Scored[] = [];
    let threshold = Number.NEGATIVE_INFINITY;
    for (let from = 0; from < this.#rows.size; from += TURN_ROWS) {
      if (from > 0) await setImmediate();
      const rows = Math.min(TURN_ROWS, this.#rows.size - from);
      this.#scan.scan(this.#offset(from), SCORE_BYTES, 0, rows, this.#stride);
      const scores = new Int32Array(this.#scan.memory.buffer, 0, rows);
      for (let at = 0; at < rows; at += 1) {
        const score = (scores[at] ?? 0) * (this.#scales[from + at] ?? 0);
        if (score <= threshold) continue;
        const key = this.#keys[from + at] ?? 0;
        if (among !== undefined && !among.has(key)) continue;
        best.push({ key, score });
        if (best.length < count * 4) continue;
        best = nearest(best, count);
        threshold = best.at(-1)?.score ?? threshold;
      }
    }
    return nearest(best, count).map(({ key }) => key);
  }

  /** The query in 16 bits a number, or fewer: no sum may leave 32 bits. */
  #setQuery(vector: Float32Array): void {
    const query = new Int16Array(this.#scan.memory.buffer, SCORE_BYTES, this.#stride);
    const most = Math.min(32_767, Math.floor(LARGEST_SUM / (127 * this.#stride)));
    let largest = 0;
    for (const value of vector) largest = Math.max(largest, Math.abs(value));
    query.fill(0);
    for (const [at, value] of vector.entries()) query[at] = Math.round((value / largest) * most);
  }

  #makeRoom(row: number): void {
    const missing = this.#offset(row + 1) - this.#scan.memory.buffer.byteLength;
    if (missing > 0) this.#scan.memory.grow(Math.ceil(Math.max(missing, this.bytes / 4) / PAGE_BYTES));
    if (row < this.#keys.length) return;
    const [keys, scales] = [this.#keys, this.#scales];
    this.#keys = new Float64Array(keys.length * 2);
    this.#keys.set(keys);
    this.#scales = new Float32Array(scales.length * 2);
    this.#scales.set(scales);
  }

  #offset(row: number): number {
    return this.#rowsAt + row * this.#stride;
  }
}

function nearest(scored: Scored[], count: number): Scored[] {
  return scored.sort((a, b) => b.score - a.score).slice(0, count);
}
