import type { ScheduleDue, SeenClock, Undo } from '@aico/sdk';
import { AicoError, ClockWatch } from '@aico/sdk';
import type { KeptSchedule } from '../../src/schedule.ts';
import { Scheduler } from '../../src/scheduler.ts';

export const START = Date.parse('2026-11-26T12:00:00Z');

/** A clock, timers, a disk and plugins for a scheduler, all in the hands of a test. */
export class FakeMachine {
  readonly disk = new Map<string, KeptSchedule>();
  /** What was seen of the clock, as on the disk. */
  seenClock: SeenClock | undefined;
  readonly warnings: string[] = [];
  /** What plugins were handed, with the time of the clock. */
  readonly handed: string[] = [];
  /** What a plugin answers to what it is handed; nothing at first. */
  answer: (plugin: string, due: ScheduleDue) => Promise<void> = async () => {};
  diskFails = false;
  /** When what was written is said to be. */
  written: Promise<void> = Promise.resolve();
  /** Milliseconds that passed, whatever the clock says. */
  #passed = 0;
  #clock = START;
  #timers: { readonly at: number; readonly handler: () => void }[] = [];

  /** A scheduler as after a start of this machine. */
  async boot(): Promise<Scheduler> {
    this.#timers = [];
    const scheduler = new Scheduler({
      now: () => this.#clock,
      setTimer: (milliseconds, handler): Undo => {
        const timer = { at: this.#passed + milliseconds, handler };
        this.#timers.push(timer);
        return async () => {
          this.#timers = this.#timers.filter((each) => each !== timer);
        };
      },
      clock: this.#watch(),
      store: {
        all: async () => [...this.disk.values()],
        put: async (kept) => {
          this.#write().set(`${kept.plugin} ${kept.name}`, kept);
          await this.written;
        },
        remove: async ({ plugin, name }) => {
          this.#write().delete(`${plugin} ${name}`);
          await this.written;
        },
      },
      call: (plugin, due) => {
        const { name, at, late } = due;
        this.handed.push(`${this.clock} ${plugin} ${name} for ${at.slice(11, 19)}${late ? ', late' : ''}`);
        return this.answer(plugin, due);
      },
      log: { warn: (message) => this.warnings.push(message), error: (message) => this.warnings.push(message) },
    });
    await scheduler.load();
    scheduler.look();
    await settle();
    return scheduler;
  }

  /** `hh:mm:ss` */
  get clock(): string {
    return new Date(this.#clock).toISOString().slice(11, 19);
  }

  /** Lets time pass, timers and all. */
  async pass(seconds: number): Promise<void> {
    const until = this.#passed + seconds * 1000;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#move(next.at);
      next.handler();
      await settle();
    }
    this.#move(until);
  }

  /** Sets the clock forward or back; no time passes. */
  setClock(seconds: number): void {
    this.#clock += seconds * 1000;
  }

  #watch(): ClockWatch {
    return new ClockWatch({
      get: async () => this.seenClock,
      set: async (seen) => {
        this.seenClock = seen;
      },
      now: () => this.#clock,
    });
  }

  #move(passed: number): void {
    this.#clock += passed - this.#passed;
    this.#passed = passed;
  }

  #write(): Map<string, KeptSchedule> {
    if (this.diskFails) throw new AicoError('STORAGE_READONLY', { subject: 'scheduler' });
    return this.disk;
  }
}

/** Lets what was begun go as far as it can without time passing. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
