/** What sets values of one metric apart, such as `{ outcome: 'failed' }`: only labels that were declared, each a short text. */
export type Labels = Readonly<Record<string, string>>;

export interface MetricOptions {
  /** What it is counted in, as UCUM writes it: `ms`, `By`, `{dice}`; 20 characters at most. */
  readonly unit?: string;
  /** For people, 120 characters at most. */
  readonly description?: string;
  /** Names of its labels, 5 at most. */
  readonly labels?: readonly string[];
}

export interface HistogramOptions extends MetricOptions {
  /** Upper ends of its buckets, rising, 20 at most; the last bucket has none. */
  readonly bounds?: readonly number[];
}

/** A total that only grows, such as dice thrown. */
export interface Counter {
  /** @param amount 1 when not given; not below 0 */
  add(amount?: number, labels?: Labels): void;
}

/** A value that goes up and down, such as what waits in a queue. */
export interface Gauge {
  record(value: number, labels?: Labels): void;
}

/** How values are spread, such as how long something took. */
export interface Histogram {
  record(value: number, labels?: Labels): void;
}

/**
 * Figures of a plugin about itself, as OpenTelemetry names them, since its process started. Its user sees them in
 * `aico plugin info`; they go nowhere else. A plugin has 50 metrics at most, and 200 sets of labels of all of them together: values
 * of further sets are left out and counted. The same name gives the same metric.
 */
export interface Metrics {
  /** @throws AicoError SDK_METRIC_INVALID */
  counter(name: string, options?: MetricOptions): Counter;
  /** @throws AicoError SDK_METRIC_INVALID */
  gauge(name: string, options?: MetricOptions): Gauge;
  /** @throws AicoError SDK_METRIC_INVALID */
  histogram(name: string, options?: HistogramOptions): Histogram;
}
