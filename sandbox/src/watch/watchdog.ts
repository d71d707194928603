import { MachineWork } from './machine-work.ts';
import type { Meter } from './meter.ts';
import { type Limits, QuotaJudge, type Verdict } from './quota-judge.ts';

const LOOK_EVERY_MS = 250;
const LOOK_OFTEN_MS = 40;
/** CPU time that the whole machine may use unseen: what so little can allocate is within what a look finds late anyway. */
const UNSEEN_WORK_MS = 50;
const LOOK_AT_LEAST_EVERY_MS = 1_000;

/** One process under watch. */
export interface Watch {
  /** Memory in MiB (a fair share of what is shared) and CPU in percent of one core, lately. */
  usage(): { readonly memoryMb: number; readonly cpuPercent: number };
  /** Ends the watch. */
  stop(): void;
}

interface Watched {
  readonly meter: Meter;
  readonly judge: QuotaJudge;
  readonly onVerdict: (verdict: Verdict) => void;
}

/**
 * Looks at every plugin's process with one timer: four times a second, more often while one nears its limit. While the whole
 * machine does next to nothing no process of it can do more, and once a second is enough.
 */
export class Watchdog {
  readonly #watched = new Set<Watched>();
  readonly #work: Pick<MachineWork, 'sinceLast'>;
  #unseenMs = 0;
  #lastLook = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(work: Pick<MachineWork, 'sinceLast'> = new MachineWork()) {
    this.#work = work;
  }

  watch(meter: Meter, limits: Limits, onVerdict: (verdict: Verdict) => void): Watch {
    const watched: Watched = { meter, judge: new QuotaJudge(limits, performance.now()), onVerdict };
    this.#watched.add(watched);
    watched.judge.look(meter, performance.now());
    this.#schedule();
    return {
      usage: () => {
        const now = performance.now();
        return { memoryMb: watched.judge.memoryMb(meter, now), cpuPercent: watched.judge.cpuPercent(now) };
      },
      stop: () => {
        if (!this.#watched.delete(watched)) return;
        meter.close();
        if (this.#watched.size === 0) this.#unschedule();
      },
    };
  }

  #look(): void {
    const now = performance.now();
    if (this.#mayWait(now)) {
      this.#unschedule();
      this.#schedule();
      return;
    }
    for (const watched of this.#watched) {
      const verdict = watched.judge.look(watched.meter, now);
      if (verdict !== undefined) watched.onVerdict(verdict);
    }
    this.#unschedule();
    if (this.#watched.size > 0) this.#schedule();
  }

  #mayWait(now: number): boolean {
    this.#unseenMs += this.#work.sinceLast() ?? Number.POSITIVE_INFINITY;
    const isQuiet = this.#unseenMs < UNSEEN_WORK_MS && now - this.#lastLook < LOOK_AT_LEAST_EVERY_MS - LOOK_OFTEN_MS;
    if (isQuiet && !this.#isPressing) return true;
    this.#unseenMs = 0;
    this.#lastLook = now;
    return false;
  }

  get #isPressing(): boolean {
    return [...this.#watched].some(({ judge }) => judge.isPressing);
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.#look(), this.#isPressing ? LOOK_OFTEN_MS : LOOK_EVERY_MS);
  }

  #unschedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
