import type { AuditExport, AuditRecord } from '@aico/sdk';

const COLUMNS = [
  'number',
  'time',
  'source',
  'kind',
  'plugin',
  'by',
  'details',
  'run',
  'entry',
  'previous',
  'hash',
] as const;

/** What comes before the records. */
export function exportHead(format: AuditExport['format']): string {
  return format === 'csv' ? `${COLUMNS.join(',')}\r\n` : '';
}

/** Records as lines: JSON, or CSV (RFC 4180). */
export function exportLines(format: AuditExport['format'], records: readonly AuditRecord[]): string {
  if (format === 'jsonl') return records.map((record) => `${JSON.stringify(record)}\n`).join('');
  return records.map((record) => `${COLUMNS.map((column) => cell(record[column])).join(',')}\r\n`).join('');
}

/** A table would take a text that begins with a sign for a formula. */
function cell(value: AuditRecord[keyof AuditRecord]): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');
  const safe = typeof value === 'string' && /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
