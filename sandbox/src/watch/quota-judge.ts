import type { RunExit } from '@aico/kernel/contracts';
import type { Meter, Usage } from './meter.ts';

export type Verdict = NonNullable<RunExit['cause']>;

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

interface CpuSample {
  readonly time: number;
  readonly cpuMs: number;
}

/** Judges one process by its quota: memory at each look, CPU over a ten-second window. */
export class QuotaJudge {
  limits: Limits;
  readonly #samples: CpuSample[];
  #usage: Usage = { residentMb: 0, cpuMs: 0 };
  #pressing = false;
  #fair: { readonly time: number; readonly residentMb: number; readonly fairMb: number } | undefined;

  constructor(limits: Limits, now: number) {
    this.limits = limits;
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

  /** Takes a look; a verdict means that the process must end. */
  look(meter: Pick<Meter, 'read' | 'readFairMemory'>, now: number): Verdict | undefined {
    const usage = meter.read();
    if (usage === undefined) return undefined;
    const grows = usage.residentMb > this.#usage.residentMb + GROWTH_MB;
    this.#usage = usage;
    const used = this.#usedMemory(meter, now);
    const { memoryMb: limit } = this.limits;
    this.#pressing = grows && used > limit * NEAR;
    return used > limit ? { kind: 'memory', used: Math.round(used), limit } : this.#judgeCpu(now);
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
    if (this.#fair === undefined) return residentMb;
    return Math.min(residentMb, this.#fair.fairMb + Math.max(0, residentMb - this.#fair.residentMb));
  }

  #measure(meter: Pick<Meter, 'readFairMemory'>, now: number): void {
    const { residentMb } = this.#usage;
    const fairMb = meter.readFairMemory();
    this.#fair = fairMb === undefined ? undefined : { time: now, residentMb, fairMb };
  }

  /** Resident memory bounds the fair share from above and is far cheaper to read: only beyond the limit it takes more. */
  #usedMemory(meter: Pick<Meter, 'readFairMemory'>, now: number): number {
    const { memoryMb: limit } = this.limits;
    if (this.#usage.residentMb <= limit) return this.#usage.residentMb;
    if (this.memoryMb(meter, now) > limit) this.#measure(meter, now);
    return this.memoryMb(meter, now);
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
