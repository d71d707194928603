import type { RunMark, TrailEntry, TrailNote, TrailPage, TrailRead } from '@aico/schemas';
import type { RunCount } from '../contracts/state-store.ts';

/** Entries that are held for whoever records them. */
const HELD = 4_096;
const PAGE = 500;
/** What the kernel notes by itself. */
const KERNEL = 'kernel';

/**
 * What happened in this run, held in memory until it is recorded: before the vault is open nobody can. Entries are numbered
 * without a hole, so that whoever reads sees how much was not held.
 */
export class Trail {
  readonly #now: () => number;
  readonly #onGrown: (last: number) => void;
  readonly #bySource = new Map<string, number>();
  #held: TrailEntry[] = [];
  #run = 1;
  #before: RunMark | undefined;
  #last = 0;

  /** @param onGrown told the latest number */
  constructor(now: () => number, onGrown: (last: number) => void) {
    this.#now = now;
    this.#onGrown = onGrown;
  }

  get last(): number {
    return this.#last;
  }

  begin({ run, before }: RunCount): void {
    this.#run = run;
    this.#before = before;
  }

  /** @param source who notes it; the kernel when not given */
  note({ kind, plugin, by, details }: TrailNote, source: string = KERNEL): void {
    this.#last += 1;
    this.#held.push({
      run: this.#run,
      number: this.#last,
      time: new Date(this.#now()).toISOString(),
      source,
      kind,
      ...(plugin === undefined ? {} : { plugin }),
      ...(by === undefined ? {} : { by }),
      ...(details === undefined ? {} : { details }),
    });
    this.#bySource.set(source, (this.#bySource.get(source) ?? 0) + 1);
    if (this.#held.length > HELD) this.#drop();
    this.#onGrown(this.#last);
  }

  read({ run, after = 0, limit = PAGE }: TrailRead): TrailPage {
    const from = run === this.#run ? after : 0;
    const entries = this.#held.filter(({ number }) => number > from).slice(0, limit);
    return {
      run: this.#run,
      entries,
      last: this.#last,
      ...(this.#before === undefined ? {} : { before: this.#before }),
    };
  }

  /** Lets go of the oldest entry of whoever noted most, so that nobody pushes out what others noted. */
  #drop(): void {
    const [loudest] = [...this.#bySource].reduce((most, each) => (each[1] > most[1] ? each : most));
    const oldest = this.#held.findIndex(({ source }) => source === loudest);
    this.#held = this.#held.toSpliced(oldest, 1);
    this.#bySource.set(loudest, (this.#bySource.get(loudest) ?? 1) - 1);
  }
}
