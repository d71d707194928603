import { type PluginMetric, validators } from '@aico/schemas';
import type { Clock } from '../contracts/clock.ts';
import { TokenBucket } from '../quota/token-bucket.ts';

/** Sets of labels of all metrics of a plugin together. */
const MOST_SERIES = 200;
/** Reports a second; a plugin's own side tells once. */
const MOST_REPORTS = 2;

/** What a plugin counts of itself. Its own side keeps to the bounds; whoever writes to the socket as they like is not believed. */
export class ToldMetrics {
  readonly #clock: Clock;
  readonly #onProblem: (problem: string) => void;
  readonly #reports: TokenBucket;
  readonly #problems = new Set<string>();
  #latest: readonly PluginMetric[] = [];

  /** @param onProblem told once of each */
  constructor(clock: Clock, onProblem: (problem: string) => void) {
    this.#clock = clock;
    this.#onProblem = onProblem;
    this.#reports = new TokenBucket(MOST_REPORTS, clock.now());
  }

  get latest(): readonly PluginMetric[] {
    return this.#latest;
  }

  take(metrics: readonly PluginMetric[]): void {
    // Looked at before what they hold: to check a report is what it costs.
    if (!this.#reports.take(1, this.#clock.now())) {
      this.#refuse(`metrics that came more than ${MOST_REPORTS} times a second were left out`);
      return;
    }
    const told: unknown = { metrics };
    if (validators['control#PluginMetrics'](told) && seriesOf(told.metrics) <= MOST_SERIES) this.#latest = told.metrics;
    else this.#refuse('metrics beyond their bounds were left out');
  }

  #refuse(problem: string): void {
    if (this.#problems.has(problem)) return;
    this.#problems.add(problem);
    this.#onProblem(problem);
  }
}

function seriesOf(metrics: readonly PluginMetric[]): number {
  return metrics.reduce((sum, { series }) => sum + series.length, 0);
}
