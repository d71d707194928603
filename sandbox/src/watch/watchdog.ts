import { Ladder, type LadderOptions, PATIENCE_MS } from './ladder.ts';
import { MachineWork } from './machine-work.ts';
import type { Limits } from './quota-judge.ts';

const LOOK_EVERY_MS = 250;
const LOOK_OFTEN_MS = 40;
/** CPU time that the whole machine may use unseen: what so little can allocate is within what a look finds late anyway. */
const UNSEEN_WORK_MS = 50;
const LOOK_AT_LEAST_EVERY_MS = 1_000;

/** One process under watch. */
export interface Watch {
  /** Memory in MiB (a fair share of what is shared) and CPU in percent of one core, lately. */
  usage(): { readonly memoryMb: number; readonly cpuPercent: number };
  /** Judges by other limits from now on. */
  limit(limits: Limits): void;
  /** Nothing holds it any more: it is about to end. */
  letGo(): void;
  /** Ends the watch. */
  stop(): void;
}

/** A process to watch. */
export type Watched = Omit<LadderOptions, 'patienceMs'>;

/**
 * Looks at every plugin's process with one timer: four times a second, more often while one nears its limit. While the whole
 * machine does next to nothing no process of it can do more, and once a second is enough.
 */
export class Watchdog {
  readonly #ladders = new Set<Ladder>();
  readonly #work: Pick<MachineWork, 'sinceLast'>;
  readonly #patienceMs: number;
  #unseenMs = 0;
  #lastLook = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param patienceMs how long a process is held at its processor time before it is ended */
  constructor(work: Pick<MachineWork, 'sinceLast'> = new MachineWork(), patienceMs: number = PATIENCE_MS) {
    this.#work = work;
    this.#patienceMs = patienceMs;
  }

  watch(watched: Watched): Watch {
    const { meter } = watched;
    const ladder = new Ladder({ ...watched, patienceMs: this.#patienceMs }, performance.now());
    this.#ladders.add(ladder);
    ladder.look(performance.now());
    this.#schedule();
    return {
      usage: () => {
        const now = performance.now();
        return { memoryMb: ladder.judge.memoryMb(meter, now), cpuPercent: ladder.judge.cpuPercent(now) };
      },
      limit: (limits) => ladder.limit(limits),
      letGo: () => ladder.end(),
      stop: () => {
        if (!this.#ladders.delete(ladder)) return;
        ladder.end();
        meter.close();
        if (this.#ladders.size === 0) this.#unschedule();
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
    for (const ladder of this.#ladders) ladder.look(now);
    this.#unschedule();
    if (this.#ladders.size > 0) this.#schedule();
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
    return [...this.#ladders].some(({ judge }) => judge.isPressing);
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.#look(), this.#isPressing ? LOOK_OFTEN_MS : LOOK_EVERY_MS);
  }

  #unschedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
