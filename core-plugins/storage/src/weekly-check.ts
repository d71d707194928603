import { isAicoError } from '@aico/sdk';
import type { BlobStore } from './blobs/blob-store.ts';
import type { Databases } from './databases.ts';

/** What the weekly check needs of the world. */
export interface CheckPowers {
  readonly databases: Databases;
  readonly blobs: Pick<BlobStore, 'plugins' | 'check'>;
  /** The wall clock, ms since 1970. */
  readonly wallClock: () => number;
  /** Told of a database, and of each file, that is not whole. */
  readonly onDamage: (plugin: string, error: unknown) => void;
}

const WEEK_MS = 7 * 24 * 3_600_000;

/** Looks through each plugin's database and files, all of them, once a week, one after another, beside what else is done. */
export class WeeklyCheck {
  readonly #powers: CheckPowers;
  readonly #last = new Map<string, number>();

  constructor(powers: CheckPowers) {
    this.#powers = powers;
  }

  /** To be called now and then: checks what was not checked for a week. Which these were. */
  async run(): Promise<string[]> {
    const { databases, blobs, wallClock, onDamage } = this.#powers;
    const plugins = new Set([...databases.plugins(), ...blobs.plugins()]);
    const checked: string[] = [];
    for (const plugin of plugins) {
      try {
        const last = this.#last.get(plugin) ?? (await databases.read(plugin, (own) => own.checkedAt()));
        if (last !== undefined) this.#last.set(plugin, last);
        // A clock that was set back must not put the next check off for ever.
        if (last !== undefined && Math.abs(wallClock() - last) < WEEK_MS) continue;
        if (!(await databases.check(plugin))) continue;
        if (!(await blobs.check(plugin, (error) => onDamage(plugin, error)))) continue;
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
