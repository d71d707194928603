import { isAicoError } from '@aico/sdk';
import type { Databases } from './databases.ts';

/** What the weekly check needs of the world. */
export interface CheckPowers {
  readonly databases: Databases;
  /** The wall clock, ms since 1970. */
  readonly wallClock: () => number;
  /** Told of a database that is not whole. */
  readonly onDamage: (plugin: string, error: unknown) => void;
}

const WEEK_MS = 7 * 24 * 3_600_000;

/** Looks through everything in each database once a week, one after another, beside what else is done. */
export class WeeklyCheck {
  readonly #powers: CheckPowers;
  readonly #last = new Map<string, number>();

  constructor(powers: CheckPowers) {
    this.#powers = powers;
  }

  /** To be called now and then: checks what was not checked for a week. Which these were. */
  async run(): Promise<string[]> {
    const { databases, wallClock, onDamage } = this.#powers;
    const checked: string[] = [];
    for (const plugin of databases.plugins()) {
      try {
        const last = this.#last.get(plugin) ?? (await databases.read(plugin, (own) => own.checkedAt()));
        if (last !== undefined) this.#last.set(plugin, last);
        // A clock that was set back must not put the next check off for ever.
        if (last !== undefined && Math.abs(wallClock() - last) < WEEK_MS) continue;
        if (!(await databases.check(plugin))) continue;
        const at = wallClock();
        await databases.use(plugin, (own) => own.noteCheck(at));
        this.#last.set(plugin, at);
        checked.push(plugin);
      } catch (error) {
        if (isAicoError(error, 'STORAGE_LOCKED')) return checked;
        onDamage(plugin, error);
      }
    }
    return checked;
  }
}
