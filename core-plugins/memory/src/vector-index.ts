/** A key with how near it is: the cosine, from -1 to 1. */
export interface Near {
  readonly key: number;
  readonly cosine: number;
}

const FIRST_CAPACITY = 256;

/** Vectors of length 1 in one block of memory, searched by looking at each. Holds the newest when it is full. */
export class VectorIndex {
  readonly #dimensions: number;
  readonly #most: number;
  #vectors: Float32Array;
  #keys: number[] = [];
  readonly #rows = new Map<number, number>();
  #oldest = 0;

  constructor(dimensions: number, most: number) {
    this.#dimensions = dimensions;
    this.#most = most;
    this.#vectors = new Float32Array(Math.min(FIRST_CAPACITY, most) * dimensions);
  }

  get size(): number {
    return this.#keys.length;
  }

  /** Adds a vector, or replaces the one of its key. */
  set(key: number, vector: ArrayLike<number>): void {
    const row = this.#rows.get(key) ?? this.#freeRow();
    const before = this.#keys[row];
    if (before !== undefined) this.#rows.delete(before);
    this.#keys[row] = key;
    this.#rows.set(key, row);
    this.#vectors.set(vector, row * this.#dimensions);
  }

  delete(key: number): void {
    const row = this.#rows.get(key);
    if (row === undefined) return;
    const last = this.#keys.length - 1;
    const moved = this.#keys[last];
    if (row !== last && moved !== undefined) {
      this.#vectors.copyWithin(row * this.#dimensions, last * this.#dimensions, (last + 1) * this.#dimensions);
      this.#keys[row] = moved;
      this.#rows.set(moved, row);
    }
    this.#vectors.fill(0, last * this.#dimensions, (last + 1) * this.#dimensions);
    this.#keys.length = last;
    this.#rows.delete(key);
  }

  /** The nearest keys, nearest first. */
  search(vector: ArrayLike<number>, count: number, least = -1): Near[] {
    const near: Near[] = [];
    const vectors = this.#vectors;
    const dimensions = this.#dimensions;
    let threshold = least;
    for (let row = 0; row < this.#keys.length; row += 1) {
      let cosine = 0;
      for (let at = row * dimensions, index = 0; index < dimensions; at += 1, index += 1)
        cosine += (vectors[at] ?? 0) * (vector[index] ?? 0);
      if (cosine < threshold) continue;
      near.push({ key: this.#keys[row] ?? 0, cosine });
      if (near.length < count * 4) continue;
      near.sort(byCosine).length = count;
      threshold = near[count - 1]?.cosine ?? least;
    }
    return near.sort(byCosine).slice(0, count);
  }

  #freeRow(): number {
    const row = this.#keys.length;
    if (row >= this.#most) {
      const oldest = this.#oldest;
      this.#oldest = (oldest + 1) % this.#most;
      return oldest;
    }
    if ((row + 1) * this.#dimensions > this.#vectors.length) {
      const larger = new Float32Array(Math.min(this.#most, row * 2) * this.#dimensions);
      larger.set(this.#vectors);
      this.#vectors = larger;
    }
    return row;
  }
}

function byCosine(a: Near, b: Near): number {
  return b.cosine - a.cosine;
}
