/** How often it is looked at what an entry had. */
const LOOK_EVERY_MS = 250;

/** Where a clock reads; a test has its own. */
export interface EntryTimes {
  /** Processor time of this process, ms. */
  readonly cpuMs: () => number;
  /** ms of `performance.now()`. */
  readonly now: () => number;
  /** How often this process was let go on after it had been held. */
  readonly timesHeld: () => number;
}

/** How long an entry took, ms: of the processor, and by the clock on the wall. */
export interface EntryTime {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Whether it was held meanwhile, for its plugin used more than it may. */
  readonly held: boolean;
}

/**
 * Counts what the guest has had since it last yielded. Whoever waits for the processor because others have it has had nothing; whoever
 * is held because it took too much has had all the time that passes.
 */
export class EntryClock {
  readonly #times: EntryTimes;
  readonly #mostMs: number;
  readonly #onOver: (over: EntryTime) => void;
  /** Entries that run or wait for the one that does. */
  #entries = 0;
  #timer: NodeJS.Timeout | undefined;
  #hadMs = 0;
  #began = { cpuMs: 0, now: 0, timesHeld: 0 };
  #last = { cpuMs: 0, now: 0, timesHeld: 0 };

  /** @param onOver told once, when an entry has had more than `mostMs` */
  constructor(mostMs: number, onOver: (over: EntryTime) => void, times: EntryTimes = ownTimes()) {
    this.#mostMs = mostMs;
    this.#onOver = onOver;
    this.#times = times;
  }

  /** An entry begins, or waits for its turn. */
  enter(): void {
    this.#entries += 1;
    if (this.#entries === 1) this.#restart();
  }

  /** An entry has yielded: whichever waits begins. */
  leave(): void {
    this.#entries -= 1;
    if (this.#entries > 0) this.#restart();
    else clearTimeout(this.#timer);
  }

  /** How long the entry that runs has taken. */
  took(): EntryTime {
    const { cpuMs, now, timesHeld } = this.#read();
    const { cpuMs: cpuBefore, now: began, timesHeld: heldBefore } = this.#began;
    return { cpuMs: cpuMs - cpuBefore, wallMs: now - began, held: timesHeld > heldBefore };
  }

  #restart(): void {
    this.#hadMs = 0;
    this.#last = this.#read();
    this.#began = this.#last;
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    // That this process was held is heard after its timers.
    this.#timer = setTimeout(() => setImmediate(() => this.#look()), LOOK_EVERY_MS);
  }

  #look(): void {
    if (this.#entries === 0) return;
    const next = this.#read();
    const cpuMs = next.cpuMs - this.#last.cpuMs;
    const wallMs = next.now - this.#last.now;
    this.#hadMs += next.timesHeld === this.#last.timesHeld ? Math.min(cpuMs, wallMs) : wallMs;
    this.#last = next;
    if (this.#hadMs <= this.#mostMs) this.#wait();
    else this.#onOver(this.took());
  }

  #read(): { readonly cpuMs: number; readonly now: number; readonly timesHeld: number } {
    const { cpuMs, now, timesHeld } = this.#times;
    return { cpuMs: cpuMs(), now: now(), timesHeld: timesHeld() };
  }
}

function ownTimes(): EntryTimes {
  let timesHeld = 0;
  // Windows has no way to hold a process.
  if (process.platform !== 'win32') process.on('SIGCONT', () => timesHeld++);
  return {
    cpuMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    },
    now: () => performance.now(),
    timesHeld: () => timesHeld,
  };
}
