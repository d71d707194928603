import { InvalidArgumentError } from 'commander';

/** A time as RFC 3339, from a date or from how long ago it was. @throws InvalidArgumentError */
export function parseSince(text: string): string {
  const [, count, unit = ''] = /^(\d{1,6})([dhm])$/.exec(text) ?? [];
  const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000 }[unit] ?? 0;
  const time = count === undefined ? Date.parse(text) : Date.now() - Number(count) * unitMs;
  if (Number.isFinite(time) && time > 0) return new Date(time).toISOString();
  throw new InvalidArgumentError('It is a date such as 2026-11-26, or 7d, 12h, 30m.');
}

/** How many. @throws InvalidArgumentError */
export function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 0 && count <= 100_000) return count;
  throw new InvalidArgumentError('It is a whole number up to 100000.');
}
