/** Buckets for each doubling of the time: 2^(1/4), so that a percentile is off by at most 19 %. */
const BUCKETS_PER_DOUBLING = 4;
/** 2^27 µs are more than two minutes; what took longer counts as that. */
const BUCKETS: number = 27 * BUCKETS_PER_DOUBLING;

/** Durations in buckets whose widths grow with them: a fixed 432 bytes, however many are recorded. */
export class Histogram {
  readonly #buckets = new Uint32Array(BUCKETS);
  #count = 0;
  #maxMs = 0;

  record(milliseconds: number): void {
    const at = Math.floor(Math.log2(Math.max(1, milliseconds * 1000)) * BUCKETS_PER_DOUBLING);
    const bucket = Math.min(BUCKETS - 1, at);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#maxMs = Math.max(this.#maxMs, milliseconds);
  }

  /** The time that `share` (0 to 1) of what was recorded did not exceed, ms. */
  percentile(share: number): number {
    const wanted = Math.ceil(this.#count * share);
    let passed = 0;
    for (const [bucket, count] of this.#buckets.entries()) {
      passed += count;
      if (passed >= wanted && passed > 0) return Math.min(this.#maxMs, upperMs(bucket));
    }
    return 0;
  }

  summary(): { count: number; p50Ms: number; p99Ms: number; maxMs: number } {
    const [p50Ms, p99Ms, maxMs] = [this.percentile(0.5), this.percentile(0.99), this.#maxMs].map(rounded);
    return { count: this.#count, p50Ms: p50Ms ?? 0, p99Ms: p99Ms ?? 0, maxMs: maxMs ?? 0 };
  }
}

function upperMs(bucket: number): number {
  return 2 ** ((bucket + 1) / BUCKETS_PER_DOUBLING) / 1000;
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
