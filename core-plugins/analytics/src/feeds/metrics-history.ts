import type { Bus, BusPluginStats, BusStats } from '@aico/sdk';
import type { Row } from '../tables.ts';

/** A day of minutes. */
const MOST_SAMPLES = 1_440;
/** Of each sample, so that a house of very many plugins does not fill the memory. */
const MOST_PLUGINS = 100;

/** The kernel's counters by plugin as they were when they were looked at: a day of them at most, in memory alone. */
export class MetricsHistory {
  readonly #bus: Pick<Bus, 'request'>;
  readonly #now: () => Date;
  readonly #samples: Row[][] = [];

  constructor(bus: Pick<Bus, 'request'>, now: () => Date) {
    this.#bus = bus;
    this.#now = now;
  }

  /** Looks now. */
  async sample(): Promise<BusStats> {
    const stats = await this.#bus.request('kernel.bus.stats.v1', {});
    const time = this.#now().toISOString();
    this.#samples.push(stats.plugins.slice(0, MOST_PLUGINS).map((each) => [time, each.id, ...countersOf(each)]));
    if (this.#samples.length > MOST_SAMPLES) this.#samples.shift();
    return stats;
  }

  /** Oldest first. */
  rows(): readonly Row[] {
    return this.#samples.flat();
  }
}

/** The counters of a peer, in the order of their columns. */
export function countersOf(stats: BusPluginStats): Row {
  const { sent, sentBytes, received, receivedBytes, refused, dropped, queued, openRequests } = stats;
  return [sent, sentBytes, received, receivedBytes, refused, dropped, queued, openRequests];
}
