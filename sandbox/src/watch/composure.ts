/** From so much of one core between two looks on, a process is busy. */
const BUSY_FROM = 0.5;
/** Above so much it does not become calm. */
const CALM_BELOW = 0.25;
/** Starting takes every processor there is, and who has just worked will often go on. */
const CALM_AFTER_MS = 3_000;

/**
 * Whether a process is calm or busy, by the processor time that it took. Whoever begins counts as busy until it was calm
 * for a while, so that neither starts nor bursts take their turn from those that only answer.
 */
export class Composure {
  readonly #onChange: (isCalm: boolean) => void;
  #last: { readonly cpuMs: number; readonly time: number };
  #restlessAt: number;
  #isCalm = false;

  /** @param onChange told when it becomes calm, and when it is busy again */
  constructor(now: number, onChange: (isCalm: boolean) => void) {
    this.#onChange = onChange;
    this.#last = { cpuMs: 0, time: now };
    this.#restlessAt = now;
  }

  /**
   * @param cpuMs all that it took so far
   * @param isHeld it stands still because it took too much, which is no calm
   */
  look(cpuMs: number, now: number, isHeld: boolean): void {
    const share = (cpuMs - this.#last.cpuMs) / Math.max(1, now - this.#last.time);
    this.#last = { cpuMs, time: now };
    if (isHeld || share > CALM_BELOW) this.#restlessAt = now;
    if (this.#isCalm ? isHeld || share >= BUSY_FROM : now - this.#restlessAt >= CALM_AFTER_MS) this.#turn();
  }

  #turn(): void {
    this.#isCalm = !this.#isCalm;
    this.#onChange(this.#isCalm);
  }
}
