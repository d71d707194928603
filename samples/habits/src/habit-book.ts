/** Days, as `2026-11-26`, on which each habit was kept. */
export interface HabitBook {
  readonly habits: readonly Habit[];
}

export interface Habit {
  readonly name: string;
  readonly days: readonly string[];
}

export const MAX_HABITS = 20;
export const MAX_NAME = 40;
/** A year and a little; what is older is no longer counted. */
const MAX_DAYS = 400;
const DAY_MS = 86_400_000;

export const EMPTY: HabitBook = { habits: [] };

/** The book after a habit was ticked off for a day, or the tick taken back. */
export function toggle(book: HabitBook, name: string, day: string): HabitBook {
  const known = find(book, name);
  if (known === undefined) return { habits: [...book.habits, { name, days: [day] }] };
  const has = known.days.includes(day);
  const days = has ? known.days.filter((each) => each !== day) : [...known.days, day].sort().slice(-MAX_DAYS);
  return { habits: book.habits.map((habit) => (habit === known ? { ...habit, days } : habit)) };
}

/** A habit by its name, whatever its case. */
export function find({ habits }: HabitBook, name: string): Habit | undefined {
  return habits.find((habit) => habit.name.toLowerCase() === name.toLowerCase());
}

/** How many days in a row, up to today; a day that is not over yet breaks nothing. */
export function streak({ days }: Habit, today: string): number {
  const kept = new Set(days);
  let at = Date.parse(`${today}T00:00:00Z`);
  if (!kept.has(today)) at -= DAY_MS;
  let length = 0;
  for (; kept.has(dayOf(at)); at -= DAY_MS) length += 1;
  return length;
}

/** The day of an instant where the user is. */
export function localDay(time: string, timezone = 'UTC'): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: timezone }).format(new Date(time));
}

function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
