import type { RunExit } from '@aico/kernel/contracts';
import type { Meter, Usage } from './meter.ts';

export type Verdict = Exclude<NonNullable<RunExit['cause']>, { kind: 'entry' }>;

export interface Limits {
  readonly memoryMb: number;
  readonly cpuMsPerSecond: number;
}

const CPU_WINDOW_MS = 10_000;
const CPU_SAMPLE_MS = 500;
/** From this share of the limit on, memory that grows is looked at often. */
const NEAR = 0.7;
const GROWTH_MB = 0.5;
/** How long a fair share may be carried forward; measuring one costs a hundred times what resident memory does. */
const FAIR_SHARE_MS = 3_000;
/** Whoever makes measuring last longer is judged without it. */
const MEASURING_MS = 1_000;
/** And so is who holds so many times its limit, and besides what it may share with others. */
const FAR_TIMES = 2;
const MOST_SHARED_MB = 128;

interface FairShare {
  /** When measuring began. */
  readonly time: number;
  /** As it was then, MiB. */
  readonly residentMb: number;
  /** MiB; undefined where the system does not tell. */
  readonly fairMb: number | undefined;
}

interface CpuSample {
  readonly time: number;
  readonly cpuMs: number;
}

/** Judges one process by its quota: memory at each look, CPU over a ten-second window. */
export class QuotaJudge {
  limits: Limits;
  readonly #samples: CpuSample[];
  #usage: Usage = { residentMb: 0, cpuMs: 0 };
  #grows = false;
  #pressing = false;
  #fair: FairShare | undefined;
  #measuring = false;
  /** When it was looked at last. */
  #latest = 0;
  /** Since when it seems to hold more than it may. */
  #suspectSince: number | undefined;
  readonly #onVerdict: (verdict: Verdict) => void;

  /** @param onVerdict told of a verdict for which a look had to wait */
  constructor(limits: Limits, now: number, onVerdict: (verdict: Verdict) => void = () => {}) {
    this.limits = limits;
    this.#onVerdict = onVerdict;
    this.#samples = [{ time: now, cpuMs: 0 }];
  }

  /** Whether memory grows so near its limit that the next look should come soon. */
  get isPressing(): boolean {
    return this.#pressing;
  }

  /** Resident memory at the last look, MiB. */
  get residentMb(): number {
    return this.#usage.residentMb;
  }

  /** CPU time at the last look, since it started, ms. */
  get cpuMs(): number {
    return this.#usage.cpuMs;
  }

  /** Takes a look; a verdict means that the process must end. That of memory may come later, for it takes measuring. */
  look(meter: Pick<Meter, 'read' | 'readFairMemory'>, now: number): Verdict | undefined {
    const usage = meter.read();
    if (usage === undefined) return undefined;
    this.#latest = now;
    this.#grows = usage.residentMb > this.#usage.residentMb + GROWTH_MB;
    this.#usage = usage;
    return this.#judgeMemory(meter, now) ?? this.#judgeCpu(now);
  }

  /** CPU in percent of one core since the oldest sample of the window. */
  cpuPercent(now: number): number {
    const oldest = this.#samples[0];
    if (oldest === undefined || now <= oldest.time) return 0;
    return ((this.#usage.cpuMs - oldest.cpuMs) / (now - oldest.time)) * 100;
  }

  /** Memory in MiB: measured lately, plus all that came since, as if nothing of it were shared. */
  memoryMb(meter: Pick<Meter, 'readFairMemory'>, now: number): number {
    const { residentMb } = this.#usage;
    if (this.#fair === undefined || now - this.#fair.time > FAIR_SHARE_MS) this.#measure(meter, now);
    if (this.#fair?.fairMb === undefined) return residentMb;
    return Math.min(residentMb, this.#fair.fairMb + Math.max(0, residentMb - this.#fair.residentMb));
  }

  /** Resident memory bounds the fair share from above and is far cheaper to read: only beyond the limit it takes more. */
  #judgeMemory(meter: Pick<Meter, 'readFairMemory'>, now: number): Verdict | undefined {
    const { residentMb } = this.#usage;
    const { memoryMb: limit } = this.limits;
    const used = residentMb <= limit ? residentMb : this.memoryMb(meter, now);
    this.#pressing = this.#grows && used > limit * NEAR;
    this.#suspectSince = used > limit ? (this.#suspectSince ?? now) : undefined;
    if (this.#suspectSince === undefined) return undefined;
    const isMeasured = this.#fair !== undefined && this.#fair.time >= this.#suspectSince;
    const isFar = residentMb > limit * FAR_TIMES + MOST_SHARED_MB;
    if (isMeasured || isFar || now - this.#suspectSince > MEASURING_MS) {
      return { kind: 'memory', used: Math.round(used), limit };
    }
    this.#measure(meter, now);
    return undefined;
  }

  #measure(meter: Pick<Meter, 'readFairMemory'>, now: number): void {
    if (this.#measuring) return;
    this.#measuring = true;
    this.#latest = now;
    const { residentMb } = this.#usage;
    void meter.readFairMemory().then((fairMb) => {
      this.#measuring = false;
      this.#fair = { time: now, residentMb, fairMb };
      const verdict = this.#judgeMemory(meter, this.#latest);
      if (verdict !== undefined) this.#onVerdict(verdict);
    });
  }

  #judgeCpu(now: number): Verdict | undefined {
    const last = this.#samples.at(-1);
    if (last === undefined || now - last.time >= CPU_SAMPLE_MS) {
      this.#samples.push({ time: now, cpuMs: this.#usage.cpuMs });
      while ((this.#samples[1]?.time ?? now) <= now - CPU_WINDOW_MS) this.#samples.shift();
    }
    const used = this.#usage.cpuMs - (this.#samples[0]?.cpuMs ?? 0);
    const { cpuMsPerSecond: limit } = this.limits;
    const budget = (limit * CPU_WINDOW_MS) / 1000;
    if (used <= budget) return undefined;
    return { kind: 'cpu', used: Math.round((used * 1000) / CPU_WINDOW_MS), limit, overMs: CPU_WINDOW_MS };
  }
}
