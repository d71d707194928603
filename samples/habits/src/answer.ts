import { find, type HabitBook, MAX_HABITS, MAX_NAME, streak, toggle } from './habit-book.ts';

/** What `/habit` answers, Markdown, and the book afterwards. */
export function answerHabit(book: HabitBook, typed: string, today: string): { text: string; book: HabitBook } {
  const name = typed.trim().replace(/\s+/g, ' ');
  if (name === '') return { text: list(book, today), book };
  if (name.length > MAX_NAME) return { text: `That is more than ${MAX_NAME} characters. A word or two will do.`, book };
  if (find(book, name) === undefined && book.habits.length >= MAX_HABITS)
    return { text: `You have ${MAX_HABITS} habits already. That is plenty for one day.`, book };
  const after = toggle(book, name, today);
  const habit = find(after, name);
  if (habit === undefined || !habit.days.includes(today))
    return { text: `Taken back: **${habit?.name ?? name}** is open again today.`, book: after };
  return { text: `✓ **${habit.name}**, ${inARow(streak(habit, today))}.`, book: after };
}

function list({ habits }: HabitBook, today: string): string {
  if (habits.length === 0) return 'No habits yet. Type `/habit Walk` to tick off the first one.';
  return habits
    .map((habit) => {
      const mark = habit.days.includes(today) ? '✓' : '○';
      return `- ${mark} **${habit.name}**, ${inARow(streak(habit, today))}`;
    })
    .join('\n');
}

function inARow(days: number): string {
  if (days === 0) return 'not begun';
  return days === 1 ? 'one day' : `${days} days in a row`;
}
