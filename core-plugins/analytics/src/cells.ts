import type { AnalyticsCell } from '@aico/sdk';
import type { DuckDBTimestampTZValue, DuckDBTimestampValue, DuckDBValue } from '@duckdb/node-api';
import type { DuckDb } from './duckdb.ts';

/** What is shown of a text at most. */
export const LONGEST_CELL = 10_000;
/** Digits that a number holds exactly. */
const EXACT_DIGITS = 15;

/** A value of DuckDB as it is answered: what JSON has no form for is text. */
export function cellOf(duckdb: DuckDb, value: DuckDBValue): AnalyticsCell {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return exact(value);
  if (typeof value === 'string') return cut(value);
  if (value instanceof duckdb.DuckDBTimestampValue || value instanceof duckdb.DuckDBTimestampTZValue)
    return timeOf(value);
  if (value instanceof duckdb.DuckDBDecimalValue)
    return value.width <= EXACT_DIGITS ? value.toDouble() : value.toString();
  return cut(String(value));
}

function exact(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function timeOf(value: DuckDBTimestampValue | DuckDBTimestampTZValue): string {
  const time = new Date(Number(value.micros / 1_000n));
  return Number.isNaN(time.getTime()) ? value.toString() : time.toISOString();
}

function cut(text: string): string {
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text;
}
