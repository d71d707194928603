import type { AnalyticsCell } from '@aico/sdk';

const LONGEST = 300;
const TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.0+)?(\.\d+)?Z$/;
const MOST_DIGITS = 3;

/** A value as it is shown: numbers as the language writes them, times without the signs of RFC 3339. */
export function cellText(value: AnalyticsCell, language: string): string {
  if (value === null) return '';
  if (typeof value === 'number') return value.toLocaleString(language, { maximumFractionDigits: MOST_DIGITS });
  const text = String(value)
    .replace(TIME, '$1 $2$3')
    .replace(/ 00:00:00$/, '');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
