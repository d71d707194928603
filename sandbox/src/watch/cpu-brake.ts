import type { Meter } from './meter.ts';

/** How long a process runs before the brake looks again. */
const RUN_MS = 50;
/** The longest that a process stands still at a stretch: it has pings to answer. */
const MOST_STILL_MS = 1_000;

/** Stops and continues a process; SIGSTOP and SIGCONT where there are any. */
export type StopAndGo = (still: boolean) => void;

/** Holds one process at its processor time: it stands still for as long as it has used more than it may. */
export class CpuBrake {
  readonly #meter: Pick<Meter, 'read'>;
  readonly #stopAndGo: StopAndGo;
  #startedAt = 0;
  #cpuAtStart = 0;
  #heldAt = 0;
  #still = false;
  #timer: NodeJS.Timeout | undefined;
  /** CPU time that it may use, ms a second. */
  limit: number;

  constructor(meter: Pick<Meter, 'read'>, limit: number, stopAndGo: StopAndGo) {
    this.#meter = meter;
    this.limit = limit;
    this.#stopAndGo = stopAndGo;
  }

  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  /** When it last had to hold the process; ms of `performance.now()`. */
  get heldAt(): number {
    return this.#heldAt;
  }

  /** When it was put on. */
  get onSince(): number {
    return this.#startedAt;
  }

  putOn(): void {
    const usage = this.#meter.read();
    if (this.isOn || usage === undefined) return;
    this.#startedAt = performance.now();
    this.#heldAt = this.#startedAt;
    this.#cpuAtStart = usage.cpuMs;
    this.#timer = setTimeout(() => this.#step(), RUN_MS);
  }

  /** Lets it go on. */
  takeOff(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#hold(false);
  }

  #step(): void {
    const usage = this.#meter.read();
    // Whose process is gone has given its number away: nobody else may be signalled by it.
    if (usage === undefined) {
      this.#timer = undefined;
      return;
    }
    const now = performance.now();
    const owedMs = usage.cpuMs - this.#cpuAtStart - ((now - this.#startedAt) * this.limit) / 1000;
    if (owedMs > 0) this.#heldAt = now;
    this.#hold(owedMs > 0);
    const wait = owedMs > 0 ? Math.min(MOST_STILL_MS, (owedMs * 1000) / this.limit) : RUN_MS;
    this.#timer = setTimeout(() => this.#step(), wait);
  }

  #hold(still: boolean): void {
    if (still === this.#still) return;
    this.#still = still;
    this.#stopAndGo(still);
  }
}
