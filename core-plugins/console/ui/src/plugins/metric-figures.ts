import type { PluginMetric } from '@aico/sdk';

type Series = PluginMetric['series'][number];

/** Sets of labels that are shown of one metric; the largest come first. */
const SHOWN = 6;
/** Units whose letters in UCUM are not those that people use. */
const READ_AS: ReadonlyMap<string, string> = new Map([
  ['Cel', '°C'],
  ['By', 'B'],
  ['1', ''],
]);

/** What a histogram tells in one line. */
interface HistogramFigures {
  readonly times: number;
  readonly mean: number;
  /** The bucket that 95 of 100 values lie within: up to this, or beyond this when it is the last. */
  readonly bound: number;
  readonly isBeyond: boolean;
  /** Height of each bucket, from 0 to 1. */
  readonly bars: readonly number[];
}

export function histogramFigures({ bounds = [] }: PluginMetric, { value, counts = [] }: Series): HistogramFigures {
  const times = counts.reduce((sum, count) => sum + count, 0);
  const most = Math.max(1, ...counts);
  let seen = 0;
  const at = counts.findIndex((count) => {
    seen += count;
    return seen >= times * 0.95;
  });
  const bound = bounds[at];
  return {
    times,
    mean: times === 0 ? 0 : value / times,
    bound: bound ?? bounds.at(-1) ?? 0,
    isBeyond: bound === undefined,
    bars: counts.map((count) => count / most),
  };
}

/** The sets of labels that are worth a line, and how many more there are. */
export function shownSeries({ series }: PluginMetric): { readonly shown: readonly Series[]; readonly more: number } {
  const shown = series.toSorted((one, other) => weightOf(other) - weightOf(one)).slice(0, SHOWN);
  return { shown, more: series.length - shown.length };
}

/** A unit as people read it: UCUM puts what is only a word into braces. */
export function unitOf({ unit = '' }: PluginMetric): string {
  return READ_AS.get(unit) ?? unit.replace(/^\{(.*)\}$/, '$1');
}

/** `latency.first_token` is read as "latency first token". */
export function titleOf({ name }: PluginMetric): string {
  return name.replaceAll(/[._]+/g, ' ').trim() || name;
}

function weightOf({ value, counts }: Series): number {
  return counts === undefined ? value : counts.reduce((sum, count) => sum + count, 0);
}
