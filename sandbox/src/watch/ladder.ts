import type { RunPressure } from '@aico/kernel/contracts';
import { Composure } from './composure.ts';
import { CpuBrake, type StopAndGo } from './cpu-brake.ts';
import type { Meter } from './meter.ts';
import { type Limits, QuotaJudge, type Verdict } from './quota-judge.ts';

/** Memory from this share of the limit on is told, below the other no more. */
const WARN_FROM = 0.85;
const RELIEVED_BELOW = 0.75;
/** A process that the brake did not have to hold for so long wants no more than it may. */
const WANTS_LESS_MS = 2_000;
/** How long a process that wants more than it may is held at its limit before it is ended. */
export const PATIENCE_MS = 10_000;

export interface LadderOptions {
  readonly meter: Meter;
  readonly limits: Limits;
  readonly patienceMs: number;
  /** How to hold the process; where there is no way, it is ended at once. */
  readonly stopAndGo: StopAndGo | undefined;
  readonly onPressure: (pressure: RunPressure) => void;
  /** It became calm, or busy again; it begins as busy. */
  readonly onComposure?: (isCalm: boolean) => void;
  /** The last step: the process must end. */
  readonly onVerdict: (verdict: Verdict) => void;
}

/** What becomes of a process that presses on its limits: memory is warned of, processor time is held back, then either ends it. */
export class Ladder {
  readonly judge: QuotaJudge;
  readonly #options: LadderOptions;
  readonly #brake: CpuBrake | undefined;
  readonly #composure: Composure;
  #warned = false;
  #ended = false;

  constructor(options: LadderOptions, now: number) {
    const { meter, limits, stopAndGo } = options;
    this.#options = options;
    this.judge = new QuotaJudge(limits, now, (verdict) => this.#finish(verdict));
    this.#composure = new Composure(now, (isCalm) => options.onComposure?.(isCalm));
    if (stopAndGo !== undefined) this.#brake = new CpuBrake(meter, limits.cpuMsPerSecond, stopAndGo);
  }

  look(now: number): void {
    if (this.#ended) return;
    const { meter } = this.#options;
    const verdict = this.judge.look(meter, now);
    this.#warn(now);
    const over = verdict?.kind === 'cpu' ? this.#holdBack(verdict, now) : verdict;
    if (verdict === undefined) this.#relieve(now);
    this.#composure.look(this.judge.cpuMs, now, this.#brake?.isOn === true);
    if (over !== undefined) this.#finish(over);
  }

  limit(limits: Limits): void {
    this.judge.limits = limits;
    if (this.#brake !== undefined) this.#brake.limit = limits.cpuMsPerSecond;
  }

  /** It is to end, or is gone: nothing holds it any more. */
  end(): void {
    this.#ended = true;
    this.#brake?.takeOff();
  }

  #finish(verdict: Verdict): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onVerdict(verdict);
  }

  /** What is to end a process that has used too much, once nothing else helped. */
  #holdBack(verdict: Verdict, now: number): Verdict | undefined {
    const brake = this.#brake;
    if (brake === undefined) return verdict;
    if (!brake.isOn) {
      brake.putOn();
      const { used, limit } = verdict;
      this.#options.onPressure({ resource: 'cpu', step: 'throttled', used, limit });
    }
    const wantsMore = now - brake.heldAt < WANTS_LESS_MS;
    return wantsMore && now - brake.onSince >= this.#options.patienceMs ? verdict : undefined;
  }

  #relieve(now: number): void {
    const brake = this.#brake;
    if (brake?.isOn !== true || now - brake.heldAt < WANTS_LESS_MS) return;
    brake.takeOff();
    const { cpuMsPerSecond: limit } = this.judge.limits;
    this.#options.onPressure({ resource: 'cpu', step: 'relieved', used: this.judge.cpuPercent(now) * 10, limit });
  }

  #warn(now: number): void {
    const { meter, onPressure } = this.#options;
    const { memoryMb: limit } = this.judge.limits;
    if (!this.#warned && this.judge.residentMb < limit * WARN_FROM) return;
    const used = this.judge.memoryMb(meter, now);
    const pressure = { resource: 'memory', used, limit } as const;
    if (!this.#warned && used >= limit * WARN_FROM) {
      this.#warned = true;
      onPressure({ ...pressure, step: 'warned' });
    } else if (this.#warned && used < limit * RELIEVED_BELOW) {
      this.#warned = false;
      onPressure({ ...pressure, step: 'relieved' });
    }
  }
}
