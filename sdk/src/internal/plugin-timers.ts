import type { Timers } from './timers.ts';

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
    const stop = this.#timers.after(milliseconds, () => {
      this.#dues.delete(due);
      handler();
    });
    return () => {
      this.#dues.delete(due);
      stop();
    };
  }

  /** How long until the next is due, ms; undefined when none is set. */
  untilNextMs(): number | undefined {
    if (this.#dues.size === 0) return undefined;
    return Math.max(0, Math.min(...[...this.#dues].map(({ at }) => at)) - Date.now());
  }
}
