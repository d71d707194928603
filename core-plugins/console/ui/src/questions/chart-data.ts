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
  readonly largest: number;
  /** The end of the scale, a round number; 0 when all are. */
  readonly top: number;
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
    .map(({ name, at }) => ({ name, values: rows.map((row) => Math.max(0, Number(row[at] ?? 0)) || 0) }));
  if (series.length === 0) return undefined;
  const ordered = isNumeric(first.type) || TIMES.test(first.type);
  const largest = Math.max(...series.flatMap(({ values }) => values));
  return { labels: rows.map(([label = null]) => label), series, ordered, largest, top: roundUp(largest) };
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
