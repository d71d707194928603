/** Refills continuously up to one second's worth; says whether an amount may pass now. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #refilledAt: number;

  /** @param now ms since 1970 */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#refilledAt = now;
  }

  /** Takes an amount when there is enough. */
  take(amount: number, now: number): boolean {
    // A clock that jumps back must neither refill nor starve.
    const elapsed = Math.max(0, now - this.#refilledAt);
    this.#refilledAt = now;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + (elapsed * this.#perSecond) / 1000);
    if (this.#tokens < amount) return false;
    this.#tokens -= amount;
    return true;
  }
}
