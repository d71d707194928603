import type { AnalyticsCell, AnalyticsResult, AnalyticsTable } from '@aico/schemas';
import { printable } from '../../printable.ts';
import { table } from '../table.ts';

/** What is shown of a cell in a table. */
const LONGEST_CELL = 60;

/** Columns, rows, and whether there are more. */
export function answerText({ columns, rows, truncated, readMs, tookMs }: AnalyticsResult): string {
  const lines = rows.map((row) => row.map(cellText));
  const shown = table([columns.map(({ name }) => short(printable(name))), ...lines]);
  const count = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  const more = truncated ? '; there are more: -n shows more of them' : '';
  return `${shown}\n${count} in ${tookMs} ms, after ${readMs} ms of reading${more}.\n`;
}

/** RFC 4180. */
export function csvText({ columns, rows }: AnalyticsResult): string {
  const lines = [columns.map(({ name }) => name), ...rows];
  return lines.map((line) => `${line.map(csvCell).join(',')}\r\n`).join('');
}

/** Every table with its columns. */
export function tablesText(tables: readonly AnalyticsTable[]): string {
  const parts = tables.map(({ name, columns }) => {
    const lines = columns.map((column) => [`  ${column.name}`, column.type]);
    return `${name}\n${table(lines)}`;
  });
  return `${parts.join('\n')}\nTimes are UTC. Ask: aico query "SELECT role, count(*) FROM messages GROUP BY role"\n`;
}

function cellText(cell: AnalyticsCell): string {
  return cell === null ? '' : short(printable(String(cell)).replace(/\s+/g, ' '));
}

function short(text: string): string {
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL - 1)}…` : text;
}

/** A table would take a text that begins with a sign for a formula. */
function csvCell(value: AnalyticsCell): string {
  const text = printable(String(value ?? ''));
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
