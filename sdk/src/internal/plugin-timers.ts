import type { Timers } from './timers.ts';

/** As long as a timer of Node or of a browser waits; a longer one would ring at once. */
const LONGEST_MS = 2_147_483_647;

/** The timers that an author set: they can wake a plugin that sleeps. */
export class PluginTimers implements Timers {
  readonly #timers: Timers;
  readonly #dues = new Set<{ readonly at: number }>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  after(milliseconds: number, handler: () => void): () => void {
    const due = { at: Date.now() + milliseconds };
    this.#dues.add(due);
    const stop = this.#wait(milliseconds, () => {
      this.#dues.delete(due);
      handler();
    });
    return () => {
      this.#dues.delete(due);
      stop();
    };
  }

  /** In steps, where it is too long for one. */
  #wait(milliseconds: number, handler: () => void): () => void {
    if (!(milliseconds > LONGEST_MS)) return this.#timers.after(milliseconds, handler);
    let stop = this.#timers.after(LONGEST_MS, () => {
      stop = this.#wait(milliseconds - LONGEST_MS, handler);
    });
    return () => stop();
  }

  /** How long until the next is due, ms; undefined when none is set. */
  untilNextMs(): number | undefined {
    if (this.#dues.size === 0) return undefined;
    return Math.max(0, Math.min(...[...this.#dues].map(({ at }) => at)) - Date.now());
  }
}
