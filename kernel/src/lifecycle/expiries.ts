import type { KeptDecision } from '@aico/schemas';
import type { Clock } from '../contracts/clock.ts';
import { isExpired } from './grants-for.ts';
import type { ManagedPlugin } from './managed-plugin.ts';

/** A machine that slept counts no time meanwhile, so the clock is looked at more often than needed. */
const LOOK_EVERY_MS = 10_000;

export interface ExpiriesOptions {
  readonly clock: Clock;
  readonly plugins: () => Iterable<ManagedPlugin>;
  readonly onExpired: (plugin: ManagedPlugin, decisions: readonly KeptDecision[]) => Promise<void>;
}

/** Ends grants that were given for a time, when that is over. */
export class Expiries {
  readonly #options: ExpiriesOptions;
  #stop = (): void => {};

  constructor(options: ExpiriesOptions) {
    this.#options = options;
  }

  /** Ends what is over, and looks again in time for the next. */
  async look(): Promise<void> {
    this.end();
    const { clock, plugins, onExpired } = this.#options;
    const now = clock.now();
    const ends: number[] = [];
    const over: Promise<void>[] = [];
    for (const plugin of plugins()) {
      const timed = (plugin.record.decisions ?? []).filter(({ allow, until }) => allow && until !== undefined);
      const expired = timed.filter((decision) => isExpired(decision, now));
      ends.push(...timed.filter((each) => !expired.includes(each)).map(({ until = '' }) => Date.parse(until)));
      if (expired.length > 0) over.push(onExpired(plugin, expired));
    }
    if (ends.length > 0) {
      const next = Math.min(LOOK_EVERY_MS, Math.max(0, Math.min(...ends) - now));
      this.#stop = clock.after(next, () => void this.look());
    }
    await Promise.all(over);
  }

  end(): void {
    this.#stop();
    this.#stop = () => {};
  }
}
