import type { Meter } from './meter.ts';
import { type Limits, QuotaJudge, type Verdict } from './quota-judge.ts';

const LOOK_EVERY_MS = 250;
const LOOK_OFTEN_MS = 40;

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

/** Looks at every plugin's process with one timer: four times a second, more often while one nears its limit. */
export class Watchdog {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;

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
    for (const watched of this.#watched) {
      const verdict = watched.judge.look(watched.meter, now);
      if (verdict !== undefined) watched.onVerdict(verdict);
    }
    this.#unschedule();
    if (this.#watched.size > 0) this.#schedule();
  }

  #schedule(): void {
    const often = [...this.#watched].some(({ judge }) => judge.isPressing);
    this.#timer ??= setTimeout(() => this.#look(), often ? LOOK_OFTEN_MS : LOOK_EVERY_MS);
  }

  #unschedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
