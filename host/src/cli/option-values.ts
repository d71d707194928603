import { InvalidArgumentError } from 'commander';

/** A time as RFC 3339, from a date or from how long ago it was. @throws InvalidArgumentError */
export function parseSince(text: string): string {
  const [, count, unit = ''] = /^(\d{1,6})([dhm])$/.exec(text) ?? [];
  const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000 }[unit] ?? 0;
  const time = count === undefined ? Date.parse(text) : Date.now() - Number(count) * unitMs;
  if (Number.isFinite(time) && time > 0) return new Date(time).toISOString();
  throw new InvalidArgumentError('It is a date such as 2026-11-26, or 7d, 12h, 30m.');
}

/** A time as RFC 3339. @throws InvalidArgumentError */
export function parseMoment(text: string): string {
  const time = Date.parse(text);
  if (Number.isFinite(time)) return new Date(time).toISOString();
  throw new InvalidArgumentError('It is a time such as 2026-11-26 or 2026-11-26T18:00.');
}

/** The id of a message or conversation. @throws InvalidArgumentError */
export function parseId(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw new InvalidArgumentError(`"${text}" is no id: aico query and aico backup conversations show them.`);
}

/** The id of a backup. @throws InvalidArgumentError */
export function parseBackupId(text: string): string {
  if (/^\d{8}T\d{6}Z-[0-9a-f]{8}$/.test(text)) return text;
  throw new InvalidArgumentError(`"${text}" is no backup: aico backup list shows them.`);
}

/** Reads how many, within bounds. Its function throws InvalidArgumentError. */
export function countWithin(least: number, most: number): (text: string) => number {
  return (text) => {
    const count = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isSafeInteger(count) && count >= least && count <= most) return count;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };
}

type ListParser<Value> = (text: string, before?: readonly Value[]) => readonly Value[];

const lists = new WeakSet<object>();

/** Reads several, with commas between them or the option once for each. @param parse throws InvalidArgumentError */
export function listOf<Value>(parse: (texts: readonly string[]) => readonly Value[]): ListParser<Value> {
  const parser: ListParser<Value> = (text, before = []) => [
    ...new Set([...before, ...parse(text.split(',').map((each) => each.trim()))]),
  ];
  lists.add(parser);
  return parser;
}

/** Whether an option takes several. */
export function takesSeveral({ parseArg }: { readonly parseArg?: object | undefined }): boolean {
  return parseArg !== undefined && lists.has(parseArg);
}
