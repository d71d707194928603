/** Seconds of what somebody may call a unit. */
const UNITS: readonly (readonly [names: RegExp, seconds: number])[] = [
  [/^(s|secs?|seconds?)$/, 1],
  [/^(m|mins?|minutes?)$/, 60],
  [/^(h|hrs?|hours?)$/, 3_600],
  [/^(d|days?)$/, 86_400],
  [/^(w|weeks?)$/, 604_800],
];
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** Something that a text begins with, and what follows it. */
export interface Found<Value> {
  readonly value: Value;
  readonly rest: string;
}

/** "1 hour and 30 min", "90m": seconds. */
export function findDuration(text: string): Found<number> | undefined {
  let rest = text;
  let seconds = 0;
  for (;;) {
    const [whole = '', number = '', name = ''] = /^(\d{1,5}(?:\.\d)?)\s*([a-z]+)\b[\s,]*/i.exec(rest) ?? [];
    const unit = UNITS.find(([names]) => names.test(name.toLowerCase()));
    if (unit === undefined) break;
    seconds += Number(number) * unit[1];
    rest = rest.slice(whole.length).replace(/^and\s+(?=\d)/i, '');
  }
  return seconds === 0 ? undefined : { value: Math.round(seconds), rest };
}

/** "at 18:30", "at 9", "at 6:30 pm". */
export function findTimeOfDay(text: string): Found<Temporal.PlainTime> | undefined {
  const match = /^at\s+(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?(?![\w:])\s*/i.exec(text);
  if (match === null) return undefined;
  const [whole, hours = '', minutes = '0', half] = match;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  if (hour > 23 || Number(minutes) > 59 || (half !== undefined && Number(hours) > 12)) return undefined;
  return { value: new Temporal.PlainTime(hour, Number(minutes)), rest: text.slice(whole.length) };
}

/** "monday", "on Monday": 1 for Monday to 7 for Sunday. */
export function findWeekday(text: string): Found<number> | undefined {
  const match = /^(?:on\s+)?([a-z]+)\b\s*/i.exec(text);
  const at = WEEKDAYS.indexOf(match?.[1]?.toLowerCase() ?? '');
  return match === null || at < 0 ? undefined : { value: at + 1, rest: text.slice(match[0].length) };
}

/** "on 2026-12-24". */
export function findDate(text: string): Found<Temporal.PlainDate> | undefined {
  const match = /^(?:on\s+)?(\d{4})-(\d{2})-(\d{2})\b\s*/i.exec(text);
  if (match === null) return undefined;
  const [whole, year, month, day] = match;
  try {
    const date = { year: Number(year), month: Number(month), day: Number(day) };
    return { value: Temporal.PlainDate.from(date, { overflow: 'reject' }), rest: text.slice(whole.length) };
  } catch {
    return undefined;
  }
}
