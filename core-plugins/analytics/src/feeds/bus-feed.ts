import type { BusStats } from '@aico/sdk';
import { BUS_FLOWS, BUS_PLUGINS, BUS_TOPICS, METRICS, type Row } from '../tables.ts';
import type { Feed, FeedParts } from './feed.ts';
import { countersOf, type MetricsHistory } from './metrics-history.ts';

/** The kernel's counters as they are now, and as they were each minute. */
export class BusFeed implements Feed {
  readonly tables = [BUS_TOPICS, BUS_FLOWS, BUS_PLUGINS, METRICS];
  readonly #history: MetricsHistory;

  constructor(history: MetricsHistory) {
    this.#history = history;
  }

  async run({ engine }: FeedParts): Promise<void> {
    const stats = await this.#history.sample();
    await engine.replace(BUS_TOPICS, stats.topics.map(topicRow));
    await engine.replace(BUS_FLOWS, stats.flows.map(flowRow));
    await engine.replace(
      BUS_PLUGINS,
      stats.plugins.map((plugin) => [plugin.id, ...countersOf(plugin)]),
    );
    await engine.replace(METRICS, this.#history.rows());
  }
}

function topicRow(stats: BusStats['topics'][number]): Row {
  const { topic, kind, messages, bytes, answers, answerBytes, refused, dropped, server, subscribers, latency } = stats;
  const took = [latency?.p50Ms, latency?.p99Ms, latency?.maxMs];
  return [topic, kind, messages, bytes, answers, answerBytes, refused, dropped, server, subscribers, ...took];
}

function flowRow({ sender, receiver, topic, verb, messages, bytes }: BusStats['flows'][number]): Row {
  return [sender, receiver, topic, verb, messages, bytes];
}
