import { definePlugin, readMigrations } from '@aico/sdk';
import { answerHabit } from './answer.ts';
import { answerView } from './answer-view.ts';
import { Habits } from './habits.ts';

export default definePlugin({
  async activate({ assets, bus, storage }) {
    await storage.migrate(readMigrations(assets));
    const habits = new Habits(storage);
    await bus.serve('plugin.habits.command.run.v1', async ({ data }) => ({ text: await answerHabit(habits, data) }));
    await bus.serve('plugin.habits.view.ask.v1', async ({ data }) => ({ data: await answerView(habits, data) }));
  },
});
