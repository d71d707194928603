import { type Found, findDate, findDuration, findTimeOfDay, findWeekday } from './parse-time.ts';

/** What somebody who types `/remind …` wants. */
export type ReminderRequest =
  | { readonly kind: 'list' }
  | { readonly kind: 'cancel'; readonly number: number }
  | { readonly kind: 'once'; readonly at: Temporal.ZonedDateTime; readonly text: string }
  | { readonly kind: 'again'; readonly cron: string; readonly text: string }
  | { readonly kind: 'unclear'; readonly problem: string };

export const MAX_TEXT = 300;
const MAX_AHEAD_DAYS = 3_660;
const MORNING = new Temporal.PlainTime(9);

/** Reads what was typed after `/remind`, at a time and in a zone. */
export function parseReminder(typed: string, now: Temporal.ZonedDateTime): ReminderRequest {
  const text = typed.replace(/\s+/g, ' ').trim();
  if (text === '') return { kind: 'list' };
  const cancel = /^(?:cancel|drop|delete)\s+(\d{1,3})$/i.exec(text);
  if (cancel !== null) return { kind: 'cancel', number: Number(cancel[1]) };
  const again = /^every\s+/i.exec(text);
  if (again !== null) return parseAgain(text.slice(again[0].length));
  const when = findMoment(text.replace(/^me\s+/i, ''), now);
  if (when === undefined) return unclear('I cannot tell when.');
  const what = textOf(when.rest);
  if (what === '') return unclear('I can tell when, and not what of.');
  const { value: at } = when;
  if (Temporal.ZonedDateTime.compare(at, now) < 0) return unclear(`${describeMoment(at, now)} has passed.`);
  if (now.until(at, { largestUnit: 'days' }).days > MAX_AHEAD_DAYS)
    return unclear('That is more than ten years ahead.');
  return { kind: 'once', at, text: what };
}

/** "today at 18:30", "tomorrow at 9:00", "on 24 December 2026 at 9:00", where the user is. */
export function describeMoment(at: Temporal.ZonedDateTime, now: Temporal.ZonedDateTime): string {
  const time = `${at.hour}:${String(at.minute).padStart(2, '0')}`;
  const days = now.toPlainDate().until(at.toPlainDate(), { largestUnit: 'days' }).days;
  if (days === 0) return `today at ${time}`;
  if (days === 1) return `tomorrow at ${time}`;
  return `on ${at.toLocaleString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).replace(',', '')} at ${time}`;
}

function findMoment(text: string, now: Temporal.ZonedDateTime): Found<Temporal.ZonedDateTime> | undefined {
  const duration = findDuration(text.replace(/^in\s+/i, ''));
  if (duration !== undefined) return { value: now.add({ seconds: duration.value }), rest: duration.rest };
  const day = findDay(text, now);
  const time = findTimeOfDay(day?.rest ?? text);
  if (day === undefined && time === undefined) return undefined;
  const date = day?.value ?? now.toPlainDate();
  const at = date.toZonedDateTime({ timeZone: now.timeZoneId, plainTime: time?.value ?? MORNING });
  // A time of day alone is the next one.
  const isOver = day === undefined && Temporal.ZonedDateTime.compare(at, now) <= 0;
  return { value: isOver ? at.add({ days: 1 }) : at, rest: time?.rest ?? day?.rest ?? '' };
}

function findDay(text: string, now: Temporal.ZonedDateTime): Found<Temporal.PlainDate> | undefined {
  const today = now.toPlainDate();
  const named = /^(today|tomorrow)\b\s*/i.exec(text);
  if (named !== null) {
    const value = named[1]?.toLowerCase() === 'tomorrow' ? today.add({ days: 1 }) : today;
    return { value, rest: text.slice(named[0].length) };
  }
  const weekday = findWeekday(text);
  if (weekday === undefined) return findDate(text);
  const days = (weekday.value - today.dayOfWeek + 7) % 7 || 7;
  return { value: today.add({ days }), rest: weekday.rest };
}

function parseAgain(text: string): ReminderRequest {
  const named = /^(day|weekday|morning)\b\s*/i.exec(text);
  const weekday = named === null ? findWeekday(text) : undefined;
  if (named === null && weekday === undefined)
    return unclear('I know `every day`, `every weekday` and `every monday`.');
  const rest = weekday?.rest ?? text.slice(named?.[0].length ?? 0);
  const time = findTimeOfDay(rest);
  const what = textOf(time?.rest ?? rest);
  if (what === '') return unclear('I can tell when, and not what of.');
  const { hour, minute } = time?.value ?? MORNING;
  const days = weekday === undefined ? (named?.[1]?.toLowerCase() === 'weekday' ? '1-5' : '*') : weekday.value % 7;
  return { kind: 'again', cron: `${minute} ${hour} * * ${days}`, text: what };
}

function textOf(rest: string): string {
  return rest
    .replace(/^(to|that|about|of|:)\s+/i, '')
    .trim()
    .slice(0, MAX_TEXT);
}

function unclear(problem: string): ReminderRequest {
  return { kind: 'unclear', problem };
}
