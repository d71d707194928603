import type { ViewAsk } from '@aico/sdk';
import type { Habits } from './habits.ts';
import { currentStreak, dayBefore, longestStreak } from './streaks.ts';

const SHOWN_DAYS = 28;

/** A habit as the chart draws it. */
export interface Row {
  readonly name: string;
  /** The last days up to today, oldest first. */
  readonly days: readonly { readonly day: string; readonly done: boolean }[];
  readonly streak: number;
  readonly longest: number;
}

/** What the chart asks: the habits as of a day, after a mark was set or taken back. */
export async function answerView(habits: Habits, { name, data }: ViewAsk): Promise<readonly Row[]> {
  const { today, habit, day, done } = (data ?? {}) as Record<string, unknown>;
  if (!isDay(today)) throw new Error('the chart did not say which day it is');
  if (name === 'mark') {
    const known = typeof habit === 'string' ? await habits.find(habit) : undefined;
    if (known === undefined || !isDay(day) || day > today) throw new Error('there is no such habit or day');
    await (done === true ? habits.mark(known, day) : habits.unmark(known, day));
  }
  return (await habits.list()).map((each) => ({
    name: each.name,
    days: Array.from({ length: SHOWN_DAYS }, (_, at) => dayBefore(today, SHOWN_DAYS - 1 - at)).map((shown) => ({
      day: shown,
      done: each.days.has(shown),
    })),
    streak: currentStreak(each.days, today),
    longest: longestStreak(each.days),
  }));
}

function isDay(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
}
