/** Rules that a peer may break until it waits, and how long it then waits at least. */
const BROKEN_AT_ONCE = 4;
const LEAST_PAUSE_MS = 10;

/** The time that a peer has to wait for what it sent, until it has waited. */
export class TimeOwed {
  #owedMs = 0;
  #broken = 0;

  /** For work that no quota counts. */
  add(milliseconds: number): void {
    this.#owedMs += milliseconds;
  }

  /** For a broken rule. */
  addForViolation(milliseconds: number): void {
    this.#broken += 1;
    this.#owedMs += milliseconds;
  }

  /** Whether so many rules were broken since the last pause that the next one has to come first. */
  get isPauseDue(): boolean {
    return this.#broken >= BROKEN_AT_ONCE;
  }

  /**
   * Begins a pause of whole milliseconds, at most so many; what is less than one is kept until it is one, and what is more than
   * the most is let off. A pause that is due lasts a while in any case.
   */
  takePause(atMostMs: number): number {
    const dueMs = Math.floor(this.#owedMs);
    const leastMs = this.isPauseDue ? LEAST_PAUSE_MS : 0;
    this.#owedMs -= dueMs;
    this.#broken = 0;
    return Math.max(leastMs, Math.min(atMostMs, dueMs));
  }
}
