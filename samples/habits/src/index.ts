import { definePlugin } from '@aico/sdk';
import { answerHabit } from './answer.ts';
import { localDay } from './habit-book.ts';
import { HabitKeeper } from './habit-keeper.ts';

export default definePlugin({
  async activate({ bus, storage }) {
    const keeper = new HabitKeeper(storage);
    await bus.serve('plugin.habits.command.run.v1', async ({ data }) => {
      const today = localDay(data.time, data.timezone);
      const { text } = await keeper.change((book) => answerHabit(book, data.arguments, today));
      return { text };
    });
  },
});
