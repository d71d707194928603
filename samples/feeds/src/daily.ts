import type { PluginContext } from '@aico/sdk';

const NAME = 'digest';

/** Where the digest goes, and for whom. */
export interface Wanted {
  readonly conversation: string;
  readonly timezone: string;
}

export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
}

export interface DailyDigest extends Wanted {
  readonly cron: string;
  /** RFC 3339, UTC. */
  readonly next: string;
}

/** The digest of each day: a schedule. */
export class Daily {
  readonly #schedule: PluginContext['schedule'];

  constructor(schedule: PluginContext['schedule']) {
    this.#schedule = schedule;
  }

  async next(): Promise<DailyDigest | undefined> {
    const [daily] = await this.#schedule.list();
    if (daily === undefined) return undefined;
    return { ...(daily.data as Wanted), cron: daily.cron ?? '', next: daily.next };
  }

  /** @throws AicoError SCHEDULE_INVALID */
  async set({ hour, minute }: TimeOfDay, { conversation, timezone }: Wanted): Promise<void> {
    const data: Wanted = { conversation, timezone };
    await this.#schedule.set(NAME, { cron: `${minute} ${hour} * * *`, timeZone: timezone }, { data });
  }

  /** Whether there was one. */
  stop(): Promise<boolean> {
    return this.#schedule.cancel(NAME);
  }
}
