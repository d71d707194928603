import { AicoError, type PluginMetric } from '@aico/schemas';
import type { HistogramOptions, Labels } from '../metrics.ts';

const NAME = /^[a-z][a-z0-9_.]{0,59}$/;
const MAX_LABELS = 5;
const MAX_LABEL_CHARACTERS = 60;
const MAX_BOUNDS = 20;
/** Of durations in ms and sizes alike. */
const DEFAULT_BOUNDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000];

type Kind = PluginMetric['kind'];
type Series = PluginMetric['series'][number];

/** One metric: its values by their labels. */
export class Metric {
  readonly kind: Kind;
  readonly #name: string;
  readonly #about: Pick<PluginMetric, 'unit' | 'description'>;
  readonly #labels: readonly string[];
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series>();
  #leftOut = 0;

  /** @throws AicoError SDK_METRIC_INVALID */
  constructor(kind: Kind, name: string, { unit, description, labels = [], bounds = DEFAULT_BOUNDS }: HistogramOptions) {
    this.kind = kind;
    this.#name = String(name);
    this.#labels = [...labels].map(String).sort();
    this.#bounds = [...bounds];
    this.#about = { ...(unit && { unit: String(unit) }), ...(description && { description: String(description) }) };
    if (![this.#name, ...this.#labels].every((each) => NAME.test(each)))
      throw this.#invalid('names have small letters, digits, dots and underscores, 60 at most');
    if (new Set(this.#labels).size !== this.#labels.length || this.#labels.length > MAX_LABELS)
      throw this.#invalid(`it has ${MAX_LABELS} different labels at most`);
    if ((this.#about.unit?.length ?? 0) > 20 || (this.#about.description?.length ?? 0) > 120)
      throw this.#invalid('its unit has 20 characters at most, its description 120');
    const rises = this.#bounds.every(
      (bound, at) => Number.isFinite(bound) && bound > (this.#bounds[at - 1] ?? -Infinity),
    );
    if (!rises || this.#bounds.length === 0 || this.#bounds.length > MAX_BOUNDS)
      throw this.#invalid(`its bounds are up to ${MAX_BOUNDS} rising numbers`);
  }

  /**
   * Takes a value in.
   * @param mayGrow whether there is room for another set of labels
   * @throws AicoError SDK_METRIC_INVALID
   */
  take(value: number, given: Labels, mayGrow: boolean): void {
    if (!Number.isFinite(value)) throw this.#invalid('a value is a finite number');
    if (this.kind === 'counter' && value < 0) throw this.#invalid('a counter only grows');
    const labels = this.#checked(given);
    const key = JSON.stringify(labels);
    let series = this.#series.get(key);
    if (series === undefined) {
      if (!mayGrow) {
        this.#leftOut += 1;
        return;
      }
      series = this.kind === 'histogram' ? { labels, value: 0, ...this.#empty() } : { labels, value: 0 };
      this.#series.set(key, series);
    }
    if (this.kind === 'gauge') series.value = value;
    else series.value += value;
    if (series.counts === undefined) return;
    const bucket = this.#bounds.findIndex((bound) => value <= bound);
    const at = bucket < 0 ? this.#bounds.length : bucket;
    series.counts[at] = (series.counts[at] ?? 0) + 1;
  }

  /** How many sets of labels it has. */
  get size(): number {
    return this.#series.size;
  }

  report(): PluginMetric {
    return {
      name: this.#name,
      kind: this.kind,
      ...this.#about,
      ...(this.kind === 'histogram' && { bounds: [...this.#bounds] }),
      series: [...this.#series.values()],
      ...(this.#leftOut > 0 && { leftOut: this.#leftOut }),
    };
  }

  #empty(): Pick<Series, 'counts'> {
    return { counts: new Array<number>(this.#bounds.length + 1).fill(0) };
  }

  /** Labels in a fixed order, so that the same ones are the same set. */
  #checked(given: Labels): Record<string, string> {
    const names = Object.keys(given);
    if (names.some((name) => !this.#labels.includes(name)))
      throw this.#invalid('only labels that it declares tell values apart');
    const entries = this.#labels.flatMap((name): [string, string][] =>
      given[name] === undefined ? [] : [[name, String(given[name]).slice(0, MAX_LABEL_CHARACTERS)]],
    );
    return Object.fromEntries(entries);
  }

  #invalid(problem: string): AicoError {
    return new AicoError('SDK_METRIC_INVALID', { subject: this.#name.slice(0, 60), details: { problem } });
  }
}
