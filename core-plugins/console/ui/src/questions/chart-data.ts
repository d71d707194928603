import type { AnalyticsCell, AnalyticsResult } from '@aico/sdk';

/** Numbers of one column. */
export interface ChartSeries {
  readonly name: string;
  readonly values: readonly number[];
}

/** What a chart draws: the first column beside the columns of numbers. */
export interface ChartData {
  readonly labels: readonly AnalyticsCell[];
  readonly series: readonly ChartSeries[];
  /** Whether the first column is a time or a number: it then runs from left to right. */
  readonly ordered: boolean;
  /** 0 where all are below it. */
  readonly largest: number;
  /** 0 where none is below it. */
  readonly least: number;
  /** Where the lines of the scale are: from its lower to its upper end, both round numbers; 0 alone when all are. */
  readonly ticks: readonly number[];
}

const MOST_SERIES = 3;
export const MOST_BARS = 60;
const NUMBERS = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*|DOUBLE|FLOAT)$/;
const TIMES = /^(DATE|TIME|TIMESTAMP)/;
const ROUND = [1, 2, 2.5, 5, 10];

/** The columns of an answer that can be drawn, or undefined when there are none. */
export function chartData({ columns, rows }: Pick<AnalyticsResult, 'columns' | 'rows'>): ChartData | undefined {
  const [first, ...others] = columns;
  if (first === undefined || rows.length === 0) return undefined;
  const series = others
    .map(({ name, type }, at) => ({ name, type, at: at + 1 }))
    .filter(({ type }) => isNumeric(type))
    .slice(0, MOST_SERIES)
    .map(({ name, at }) => ({ name, values: rows.map((row) => drawn(Number(row[at] ?? 0))) }));
  if (series.length === 0) return undefined;
  const ordered = isNumeric(first.type) || TIMES.test(first.type);
  const all = series.flatMap(({ values }) => values);
  const [least, largest] = [Math.min(0, ...all), Math.max(0, ...all)];
  const ticks = least < 0 ? ticksAcross(least, largest) : ticksOf(roundUp(largest));
  return { labels: rows.map(([label = null]) => label), series, ordered, largest, least, ticks };
}

/** What has no place on a scale, as infinity, is drawn as 0. */
function drawn(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

/** Whether a column holds numbers. */
export function isNumeric(type: string): boolean {
  return NUMBERS.test(type);
}

/** The next round number: 1, 2, 2.5 or 5 times a power of ten. */
export function roundUp(value: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return (ROUND.find((factor) => factor * power >= value) ?? 10) * power;
}

/** Lines of a scale on both sides of 0, or below it. */
function ticksAcross(least: number, largest: number): readonly number[] {
  const step = roundUp((largest - least) / 5);
  const [first, last] = [Math.floor(least / step), Math.ceil(largest / step)];
  // Never -0, which would be shown as such.
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(6)) + 0);
}

/** Where the lines of a scale are: at numbers as round as its end. */
export function ticksOf(top: number): readonly number[] {
  if (top === 0) return [0];
  const parts = /^2(?!\.?5)/.test(top.toExponential()) ? 4 : 5;
  return Array.from({ length: parts + 1 }, (_, at) => Number(((top * at) / parts).toPrecision(6)));
}
