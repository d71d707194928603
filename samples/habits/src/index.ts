import { definePlugin, readMigrations } from '@aico/sdk';
import { answerHabit } from './answer.ts';
import { answerView } from './answer-view.ts';
import { Habits } from './habits.ts';
import { recordsOf } from './records.ts';

export default definePlugin({
  async activate({ assets, bus, records, storage }) {
    await storage.migrate(readMigrations(assets));
    const habits = new Habits(storage);
    await records.serve(recordsOf(habits));
    await bus.serve('plugin.habits.command.run.v1', async ({ data }) => ({ text: await answerHabit(habits, data) }));
    await bus.serve('plugin.habits.view.ask.v1', async ({ data }) => ({ data: await answerView(habits, data) }));
  },
});
