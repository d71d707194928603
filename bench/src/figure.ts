import type { System } from './bus/stage.ts';

/** One measured figure, as `npm run bench -- --json` prints it. */
export interface Figure {
  readonly name: string;
  /** Median of the rounds. */
  readonly value: number;
  readonly unit: string;
  readonly rounds: number;
  /** The store of vectors that was measured. */
  readonly store?: string;
  /** The kind of vectors that it held. */
  readonly data?: string;
  /** What it was measured beside, in the same run. */
  readonly peer?: string;
  readonly peerValue?: number;
  /** Ours over the peer's. */
  readonly ratio?: number;
}

/** One thing to measure; `rounds` values each, of which the median is told. */
export interface Benchmark {
  /** The figures it yields: all are measured together. */
  readonly names: readonly string[];
  /** @param peer what to measure beside, where the figure knows how */
  run(peer?: System): Promise<readonly Figure[]>;
}

/** The middle value; the mean of the two middle ones when they are even in number. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of the values lies, interpolated. @param share from 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** Runs a measurement several times, one after the other. */
export async function rounds<T>(count: number, measure: (round: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < count; round++) results.push(await measure(round));
  return results;
}
