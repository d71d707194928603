const MINUTE_MS = 60_000;
/** A log that was full counts as relieved once so much of a minute's lines may be written again. */
const RELIEVED_FROM = 0.1;

/** How many lines a plugin may log: a minute's worth at once, refilled all the time. */
export class LogBudget {
  #perMinute = Number.POSITIVE_INFINITY;
  #left = Number.POSITIVE_INFINITY;
  #refilledAt: number;
  #isFull = false;

  /** @param now ms of any clock that never goes back */
  constructor(now: number) {
    this.#refilledAt = now;
  }

  /** Lines that it may log a minute; without one, as many as it likes. */
  get limit(): number {
    return this.#perMinute;
  }

  /** Whether it logs more than it may. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Lets it log more or less from now on; whoever gets more need not wait for it. */
  setLimit(perMinute: number, now: number): void {
    this.#refill(now);
    const more = perMinute - this.#perMinute;
    this.#left = Number.isFinite(this.#perMinute) ? Math.min(perMinute, this.#left + Math.max(0, more)) : perMinute;
    this.#perMinute = perMinute;
  }

  /** Whether one more line may be written. */
  take(now: number): boolean {
    this.#refill(now);
    if (this.#left < 1) {
      this.#isFull = true;
      return false;
    }
    this.#left -= 1;
    return true;
  }

  /** Whether there is room again, which is said once. */
  relieve(now: number): boolean {
    this.#refill(now);
    if (!this.#isFull || this.#left < this.#perMinute * RELIEVED_FROM) return false;
    this.#isFull = false;
    return true;
  }

  #refill(now: number): void {
    const refilled = this.#left + ((now - this.#refilledAt) * this.#perMinute) / MINUTE_MS;
    this.#refilledAt = now;
    if (Number.isFinite(this.#perMinute)) this.#left = Math.min(this.#perMinute, refilled);
  }
}
