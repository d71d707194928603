import { isRecord } from './is-record.ts';

/** Control characters, which move a terminal's cursor, rewrite what it shows or answer in the user's name. */
const CONTROL = /[^\P{Cc}\n\t]/gu;

/** A text of somebody else's that can be shown on a terminal. */
export function printable(text: string): string {
  return text.replace(CONTROL, '\uFFFD');
}

/** The same for every text in a piece of data. */
export function printableData<Data>(data: Data): Data {
  return walk(data) as Data;
}

function walk(data: unknown): unknown {
  if (typeof data === 'string') return printable(data);
  if (Array.isArray(data)) return data.map(walk);
  if (!isRecord(data)) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [printable(key), walk(value)]));
}
