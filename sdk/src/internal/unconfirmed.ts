/** The two ends of a promise. */
export interface Settle {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const COMPACT_AT = 1_024;
const HALF_CIRCLE = 0x8000_0000;

/** Publishes that the kernel has not confirmed, oldest first; their correlations follow one another and wrap at 32 bits. */
export class Unconfirmed {
  #settles: (Settle | undefined)[] = [];
  #head = 0;
  /** The correlation of what stands at the head. */
  #first = 1;

  /** Adds the newest and returns its correlation. */
  add(settle: Settle): number {
    this.#settles.push(settle);
    return (this.#first + this.#settles.length - 1 - this.#head) >>> 0;
  }

  /** Takes one out, whatever became of it. */
  take(correlation: number): Settle | undefined {
    const at = this.#head + ((correlation - this.#first) >>> 0);
    const settle = this.#settles[at];
    if (settle !== undefined) this.#settles[at] = undefined;
    return settle;
  }

  /** Resolves all up to a correlation. */
  confirm(correlation: number): void {
    const count = ((correlation - this.#first) >>> 0) + 1;
    // An older correlation than the head's was confirmed before.
    if (count > HALF_CIRCLE) return;
    const end = Math.min(this.#head + count, this.#settles.length);
    for (let at = this.#head; at < end; at++) {
      const settle = this.#settles[at];
      this.#settles[at] = undefined;
      settle?.resolve();
    }
    this.#first = (this.#first + end - this.#head) >>> 0;
    this.#head = end;
    if (this.#head > COMPACT_AT && this.#head * 2 > this.#settles.length) {
      this.#settles = this.#settles.slice(this.#head);
      this.#head = 0;
    }
  }
}
