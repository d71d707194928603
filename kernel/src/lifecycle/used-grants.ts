import type { Grant } from '@aico/schemas';
import type { Clock } from '../contracts/clock.ts';
import type { ManagedPlugin } from './managed-plugin.ts';

const DAY_MS = 86_400_000;
const LOOK_EVERY_MS = 3_600_000;

/** What the notebook of used grants needs of the supervisor. */
export interface UsedGrantsOptions {
  readonly clock: Clock;
  readonly plugins: () => Iterable<ManagedPlugin>;
  readonly grantsOf: (plugin: ManagedPlugin) => readonly Grant[];
  readonly remember: (plugin: ManagedPlugin, record: ManagedPlugin['record']) => Promise<void>;
}

/** Keeps, for each grant, the day of its last use: coarse enough to tell nothing of its user's hours. */
export class UsedGrants {
  readonly #options: UsedGrantsOptions;
  #stop = (): void => {};

  constructor(options: UsedGrantsOptions) {
    this.#options = options;
  }

  begin(): void {
    this.#stop = this.#options.clock.after(LOOK_EVERY_MS, () => {
      void this.write();
      this.begin();
    });
  }

  /** Ends the looking, with a last look. */
  async end(): Promise<void> {
    this.#stop();
    await this.write();
  }

  /** Writes down what was used since the last look; what was never used counts from the day it was granted. */
  async write(): Promise<void> {
    const today = this.#today();
    await Promise.all([...this.#options.plugins()].map((plugin) => this.#writeOne(plugin, today)));
  }

  async #writeOne(plugin: ManagedPlugin, today: number): Promise<void> {
    const before = plugin.record.used ?? {};
    const used = plugin.takeUsed();
    const after = Object.fromEntries(
      this.#options.grantsOf(plugin).map((grant) => {
        const key = usedKey(grant);
        // A day that is still to come was written by a clock that was ahead: counted from it, nothing would ever be unused.
        return [key, used.has(key) ? today : Math.min(before[key] ?? today, today)];
      }),
    );
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    await this.#options.remember(plugin, { ...plugin.record, used: after });
  }

  /** Whole days since a grant was last used, or given. */
  daysUnused(plugin: ManagedPlugin, grant: Pick<Grant, 'verb' | 'topic'>): number {
    const key = usedKey(grant);
    if (plugin.hasUsed(key)) return 0;
    const today = this.#today();
    return Math.max(0, today - (plugin.record.used?.[key] ?? today));
  }

  #today(): number {
    return Math.floor(this.#options.clock.now() / DAY_MS);
  }
}

/** How a grant is named in what is kept of its use. */
export function usedKey({ verb, topic }: Pick<Grant, 'verb' | 'topic'>): string {
  return `${verb} ${topic}`;
}
