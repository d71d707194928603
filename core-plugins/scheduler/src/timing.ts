import { AicoError, type ScheduleSet } from '@aico/sdk';
import { Cron } from 'croner';

/** When a schedule is due, as its plugin said it. */
export type Timing =
  | { readonly at: string }
  | { readonly everySeconds: number }
  | { readonly cron: string; readonly timeZone?: string };

const CRON_FIELDS = 5;

/** The timing of a request that can come true after `now`, ms since 1970. @throws AicoError SCHEDULE_INVALID */
export function readTiming({ name, at, everySeconds, cron, timeZone }: ScheduleSet, now: number): Timing {
  const refuse = (problem: string): AicoError =>
    new AicoError('SCHEDULE_INVALID', { subject: name, details: { problem } });
  if ([at, everySeconds, cron].filter((each) => each !== undefined).length !== 1)
    throw refuse('it needs one of at, everySeconds and cron');
  if (timeZone !== undefined && cron === undefined) throw refuse('timeZone goes with cron alone');
  if (at !== undefined) {
    if (Number.isNaN(Date.parse(at))) throw refuse(`${at} is not in the calendar`);
    return { at };
  }
  if (everySeconds !== undefined) return { everySeconds };
  const line = (cron ?? '').trim();
  // Croner reads nicknames and whole dates too.
  if (line.split(/\s+/).length !== CRON_FIELDS) throw refuse(`cron has ${CRON_FIELDS} fields, and "${line}" has not`);
  const timing = { cron: line, ...(timeZone === undefined ? {} : { timeZone }) };
  if (timeZone !== undefined && !isTimeZone(timeZone)) throw refuse(`the time zone ${timeZone} is not known`);
  let next: number | undefined;
  try {
    next = nextByCron(timing, now);
  } catch (error) {
    throw refuse(`cron "${line}" cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  if (next === undefined) throw refuse(`cron "${line}" never comes true`);
  return timing;
}

/**
 * The first time after `after` at which a timing is due; undefined when there is none. All in ms since 1970. What is due every so
 * often counts from when it was set.
 */
export function nextAfter(timing: Timing, setAt: number, after: number): number | undefined {
  if ('at' in timing) {
    const at = Date.parse(timing.at);
    return at > after ? at : undefined;
  }
  if ('cron' in timing) return nextByCron(timing, after);
  const period = timing.everySeconds * 1000;
  return setAt + (Math.floor((after - setAt) / period) + 1) * period;
}

/** The first time that a new schedule is due: a moment that has passed is due at once. */
export function firstTime(timing: Timing, setAt: number): number | undefined {
  return 'at' in timing ? Date.parse(timing.at) : nextAfter(timing, setAt, setAt);
}

export function isSameTiming(one: Timing, other: Timing): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * An hour that the clocks repeat in autumn counts once for a time of day and twice for "every few minutes"; a time of day that they
 * leave out in spring is taken after the gap.
 */
function nextByCron({ cron, timeZone }: { readonly cron: string; readonly timeZone?: string }, after: number) {
  const options = { paused: true, mode: '5-part', ...(timeZone === undefined ? {} : { timezone: timeZone }) } as const;
  return new Cron(cron, options).nextRun(new Date(after))?.getTime();
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
