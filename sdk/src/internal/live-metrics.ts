import { AicoError, type PluginMetric } from '@aico/schemas';
import type { Counter, Gauge, Histogram, HistogramOptions, Labels, MetricOptions, Metrics } from '../metrics.ts';
import { Metric } from './metric.ts';
import type { Timers } from './timers.ts';

const MAX_METRICS = 50;
const MAX_SERIES = 200;
/** What changes more often is told together. */
const REPORT_EVERY_MS = 1_000;

/** A plugin's metrics, and the reports of them: the first change at once, the next ones a second later. Nothing changed, nothing told. */
export class LiveMetrics implements Metrics {
  readonly #metrics = new Map<string, Metric>();
  readonly #timers: Timers;
  readonly #report: (metrics: readonly PluginMetric[]) => void;
  #waits = false;
  #changed = false;

  constructor(timers: Timers, report: (metrics: readonly PluginMetric[]) => void) {
    this.#timers = timers;
    this.#report = report;
  }

  counter(name: string, options: MetricOptions = {}): Counter {
    const take = this.#open('counter', name, options);
    return { add: (amount = 1, labels = {}) => take(amount, labels) };
  }

  gauge(name: string, options: MetricOptions = {}): Gauge {
    return { record: this.#open('gauge', name, options) };
  }

  histogram(name: string, options: HistogramOptions = {}): Histogram {
    return { record: this.#open('histogram', name, options) };
  }

  #open(kind: Metric['kind'], name: string, options: HistogramOptions): (value: number, labels?: Labels) => void {
    const known = this.#metrics.get(name);
    const metric = known ?? new Metric(kind, name, options);
    const problem =
      metric.kind === kind ? `a plugin has ${MAX_METRICS} metrics at most` : `it is a ${metric.kind} already`;
    if (metric.kind !== kind || (known === undefined && this.#metrics.size >= MAX_METRICS))
      throw new AicoError('SDK_METRIC_INVALID', { subject: name, details: { problem } });
    this.#metrics.set(name, metric);
    return (value, labels = {}) => {
      metric.take(value, labels, this.#size() < MAX_SERIES);
      this.#tell();
    };
  }

  #size(): number {
    return [...this.#metrics.values()].reduce((sum, { size }) => sum + size, 0);
  }

  #tell(): void {
    this.#changed = true;
    if (this.#waits) return;
    this.#waits = true;
    this.#timers.after(0, () => this.#flush());
  }

  #flush(): void {
    if (!this.#changed) {
      this.#waits = false;
      return;
    }
    this.#changed = false;
    this.#report([...this.#metrics.values()].map((metric) => metric.report()));
    this.#timers.after(REPORT_EVERY_MS, () => this.#flush());
  }
}
