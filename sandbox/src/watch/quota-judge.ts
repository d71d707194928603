import type { RunExit } from '@aico/kernel/contracts';
import type { Meter, Usage } from './meter.ts';

export type Verdict = NonNullable<RunExit['cause']>;

export interface Limits {
  readonly memoryMb: number;
  readonly cpuMsPerSecond: number;
}

const CPU_WINDOW_MS = 10_000;
const CPU_SAMPLE_MS = 500;
/** From this share of the limit on, memory is looked at often. */
const NEAR = 0.7;

interface CpuSample {
  readonly time: number;
  readonly cpuMs: number;
}

/** Judges one process by its quota: memory at each look, CPU over a ten-second window. */
export class QuotaJudge {
  readonly #limits: Limits;
  readonly #samples: CpuSample[];
  #usage: Usage = { residentMb: 0, cpuMs: 0 };
  #nearLimit = false;

  constructor(limits: Limits, now: number) {
    this.#limits = limits;
    this.#samples = [{ time: now, cpuMs: 0 }];
  }

  /** Whether memory is so near its limit that the next look should come soon. */
  get nearLimit(): boolean {
    return this.#nearLimit;
  }

  get residentMb(): number {
    return this.#usage.residentMb;
  }

  /** Takes a look; a verdict means that the process must end. */
  look(meter: Pick<Meter, 'read' | 'readFairMemory'>, now: number): Verdict | undefined {
    const usage = meter.read();
    if (usage === undefined) return undefined;
    this.#usage = usage;
    return this.#judgeMemory(meter) ?? this.#judgeCpu(now);
  }

  /** CPU in percent of one core since the oldest sample of the window. */
  cpuPercent(now: number): number {
    const oldest = this.#samples[0];
    if (oldest === undefined || now <= oldest.time) return 0;
    return ((this.#usage.cpuMs - oldest.cpuMs) / (now - oldest.time)) * 100;
  }

  #judgeMemory(meter: Pick<Meter, 'readFairMemory'>): Verdict | undefined {
    const { memoryMb: limit } = this.#limits;
    const { residentMb } = this.#usage;
    this.#nearLimit = residentMb > limit * NEAR;
    // Resident memory bounds the fair share from above, and is far cheaper to read.
    if (residentMb <= limit) return undefined;
    const used = meter.readFairMemory() ?? residentMb;
    return used > limit ? { kind: 'memory', used: Math.round(used), limit } : undefined;
  }

  #judgeCpu(now: number): Verdict | undefined {
    const last = this.#samples.at(-1);
    if (last === undefined || now - last.time >= CPU_SAMPLE_MS) {
      this.#samples.push({ time: now, cpuMs: this.#usage.cpuMs });
      while ((this.#samples[1]?.time ?? now) <= now - CPU_WINDOW_MS) this.#samples.shift();
    }
    const used = this.#usage.cpuMs - (this.#samples[0]?.cpuMs ?? 0);
    const { cpuMsPerSecond: limit } = this.#limits;
    const budget = (limit * CPU_WINDOW_MS) / 1000;
    return used > budget ? { kind: 'cpu', used: Math.round((used * 1000) / CPU_WINDOW_MS), limit } : undefined;
  }
}
