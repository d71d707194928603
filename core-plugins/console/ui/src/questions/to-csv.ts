import type { AnalyticsCell, AnalyticsResult } from '@aico/sdk';

/** An answer as CSV (RFC 4180). */
export function toCsv({ columns, rows }: Pick<AnalyticsResult, 'columns' | 'rows'>): string {
  const lines = [columns.map(({ name }) => name), ...rows];
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

/** A table would take a text that begins with a sign for a formula. */
function cell(value: AnalyticsCell): string {
  const text = String(value ?? '');
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
