import type { EgressEntry, EgressExport } from '@aico/sdk';

const COLUMNS: readonly (keyof EgressEntry)[] = [
  'id',
  'time',
  'plugin',
  'host',
  'port',
  'address',
  'reach',
  'method',
  'outcome',
  'status',
  'error',
  'bytesOut',
  'bytesIn',
  'durationMs',
];

/** What comes before the entries. */
export function exportHead(format: EgressExport['format']): string {
  return format === 'csv' ? `${COLUMNS.join(',')}\r\n` : '';
}

/** Entries as lines: JSON, or CSV (RFC 4180). */
export function exportLines(format: EgressExport['format'], entries: readonly EgressEntry[]): string {
  if (format === 'jsonl') return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  return entries.map((entry) => `${COLUMNS.map((column) => cell(entry[column])).join(',')}\r\n`).join('');
}

/** A host is ASCII without blanks, yet a table would take one that begins with a sign for a formula. */
function cell(value: string | number | undefined): string {
  const text = String(value ?? '');
  const safe = typeof value === 'string' && /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
