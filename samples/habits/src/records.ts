import type { RecordKind } from '@aico/sdk';
import { type Habits, MAX_HABITS, MAX_NAME, plain } from './habits.ts';

/** Habits, and the days on which they were done, for forgetting and for export. A day is kept without a time: it is at noon. */
export function recordsOf(habits: Habits): readonly RecordKind[] {
  return [
    {
      one: 'habit',
      many: 'habits',
      // There are a few of them: all at once.
      read: async (after) =>
        after === undefined
          ? (await habits.begun()).map(({ name, day }) => ({ id: name, when: noonOf(day), text: name }))
          : [],
      remove: (names) => habits.remove(names),
      add: async ({ text: name, when }, dry) => {
        if (plain(name) !== name || name === '' || [...name].length > MAX_NAME)
          return { is: 'refused', problem: `a name has 1 to ${MAX_NAME} characters` };
        if ((await habits.find(name)) !== undefined) return { is: 'known' };
        if ((await habits.begun()).length >= MAX_HABITS)
          return { is: 'refused', problem: `there are ${MAX_HABITS} habits already` };
        if (!dry) await habits.add(name, dayOf(when));
        return { is: 'new' };
      },
    },
    {
      one: 'day',
      many: 'days',
      read: async (after) => {
        const [day = '', name = ''] = after === undefined ? [] : [after.slice(0, 10), after.slice(11)];
        const done = await habits.doneAfter(day, name);
        return done.map(({ day, habit }) => ({ id: `${day} ${habit}`, when: noonOf(day), text: habit }));
      },
      remove: (ids) => habits.unmarkAll(ids.map((id) => ({ day: id.slice(0, 10), habit: id.slice(11) }))),
      add: async ({ text, when }, dry) => {
        const habit = await habits.find(text);
        if (habit === undefined) {
          const needs = `habits/${text.slice(0, MAX_NAME * 2)}`;
          return dry ? { is: 'new', needs } : { is: 'refused', problem: 'there is no such habit' };
        }
        const day = dayOf(when);
        if (await habits.isDone(habit, day)) return { is: 'known' };
        if (!dry) await habits.mark(habit, day);
        return { is: 'new' };
      },
    },
  ];
}

function noonOf(day: string): string {
  return `${day}T12:00:00.000Z`;
}

function dayOf(when: string): string {
  return when.slice(0, 10);
}
