import type { CommandRun } from '@aico/sdk';
import { type Habit, type Habits, MAX_HABITS, MAX_NAME, plain } from './habits.ts';
import { currentStreak, dayBefore, lastDays, longestStreak } from './streaks.ts';

const SHOWN_DAYS = 14;
const HINT =
  '`/habit done Run` marks today, `/habit undo Run` takes that back, `/habit done Run yesterday` is fine too.';

/** What `/habit` answers, Markdown. */
export async function answerHabit(habits: Habits, command: CommandRun): Promise<string> {
  const today = todayOf(command);
  const [, verb = '', rest = ''] =
    /^(add|done|undo|remove)\s+(.+)$/i.exec(command.arguments.trim().replace(/\s+/g, ' ')) ?? [];
  if (command.arguments.trim() === '') return describeAll(await habits.list(), today);
  if (verb === '') return `I know add, done, undo and remove. ${HINT}`;
  const [, wanted = '', when] = /^(.+?)(?:\s+(yesterday))?$/i.exec(rest) ?? [];
  const day = when === undefined ? today : dayBefore(today);
  const on = when === undefined ? 'today' : 'yesterday';
  if (verb.toLowerCase() === 'add') return add(habits, rest, today);
  const name = await habits.find(wanted);
  if (name === undefined) return `There is no habit “${plain(wanted)}”. \`/habit add ${plain(wanted)}\` makes one.`;
  switch (verb.toLowerCase()) {
    case 'done': {
      const isNew = await habits.mark(name, day);
      const habit = (await habits.list()).find((each) => each.name === name);
      const streak = currentStreak(habit?.days ?? new Set(), today);
      return `${isNew ? `✓ ${name} ${on}` : `${name} was done ${on} already`}: ${inARow(streak)}.`;
    }
    case 'undo':
      return (await habits.unmark(name, day)) ? `${name} is not done ${on}.` : `${name} was not done ${on}.`;
    default:
      await habits.remove([name]);
      return `${name} is removed, with its days.`;
  }
}

async function add(habits: Habits, wanted: string, today: string): Promise<string> {
  const name = plain(wanted);
  if (name === '' || [...name].length > MAX_NAME) return `A name has 1 to ${MAX_NAME} characters.`;
  if ((await habits.list()).length >= MAX_HABITS)
    return `Those are ${MAX_HABITS} habits already; nobody can keep more.`;
  return (await habits.add(name, today)) ? `Added: ${name}. ${HINT}` : `There is ${name} already.`;
}

function describeAll(habits: readonly Habit[], today: string): string {
  if (habits.length === 0) return `There are no habits. \`/habit add Run\` makes one. ${HINT}`;
  const rows = habits.map(({ name, days }) => {
    const picture = lastDays(days, today, SHOWN_DAYS)
      .map((done) => (done ? '■' : '·'))
      .join('');
    return `| ${name} | \`${picture}\` | ${currentStreak(days, today)} | ${longestStreak(days)} |`;
  });
  return [`| habit | last ${SHOWN_DAYS} days | in a row | most |`, '| --- | --- | --- | --- |', ...rows].join('\n');
}

function inARow(days: number): string {
  return days === 1 ? 'one day' : `${days} days in a row`;
}

/** The day where the user is; in UTC where the zone is not known. */
function todayOf({ time, timezone = 'UTC' }: CommandRun): string {
  try {
    return Temporal.Instant.from(time).toZonedDateTimeISO(timezone).toPlainDate().toString();
  } catch {
    return time.slice(0, 10);
  }
}
