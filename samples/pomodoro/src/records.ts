import type { RecordKind } from '@aico/sdk';
import type { Pomodoro } from './pomodoro.ts';

const MOST_ROUNDS = 1440;

/** How many rounds were done on which day, and the round that runs, which goes with its talk; that one is not taken back. */
export function recordsOf(pomodoro: Pomodoro): readonly RecordKind[] {
  return [
    {
      one: 'day',
      many: 'days',
      read: async (after) =>
        (await pomodoro.daysAfter(after)).map(({ day, rounds }) => ({
          ...{ id: day, when: `${day}T12:00:00.000Z`, text: `${rounds} rounds`, rounds },
        })),
      remove: (days) => pomodoro.forgetDays(days),
      add: async ({ when, rounds }, dry) => {
        const day = when.slice(0, 10);
        if (!Number.isInteger(rounds) || Number(rounds) < 1 || Number(rounds) > MOST_ROUNDS)
          return { is: 'refused', problem: 'it does not say how many rounds' };
        if ((await pomodoro.roundsOf(day)) > 0) return { is: 'known' };
        if (!dry) await pomodoro.keep({ day, rounds: Number(rounds) });
        return { is: 'new' };
      },
    },
    {
      one: 'round',
      many: 'rounds',
      read: async (after) => {
        const running = after === undefined ? await pomodoro.running() : undefined;
        if (running === undefined) return [];
        const { phase, end } = running;
        const text = `round ${phase.round} of ${phase.workMinutes} minutes`;
        return [{ id: 'running', when: end, text, conversation: phase.conversation }];
      },
      remove: async () => ((await pomodoro.stop()) ? 1 : 0),
    },
  ];
}
