/**
 * How many frames may come: a burst, then so many a second. A token bucket, as in RFC 2697. Who sends more is to rest; who sends a burst
 * more all the same is beyond it.
 */
export class FrameBudget {
  readonly #now: () => number;
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #at: number;

  constructor(now: () => number, burst: number, perSecond: number) {
    this.#now = now;
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
    this.#at = now();
  }

  /** A frame came. How long none is to come after it, in ms; undefined when it is beyond all that may come. */
  take(): number | undefined {
    const now = this.#now();
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#at) / 1000) * this.#perSecond) - 1;
    this.#at = now;
    if (this.#left < -this.#burst) return undefined;
    return Math.max(0, (-this.#left * 1000) / this.#perSecond);
  }
}
