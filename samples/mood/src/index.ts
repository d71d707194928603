import { definePlugin } from '@aico/sdk';
import { answerMood, answerView } from './answer.ts';
import { Mood } from './moods.ts';
import { recordsOf } from './records.ts';

export default definePlugin({
  async activate({ bus, records, storage, theme }) {
    const mood = new Mood({ storage, theme, now: () => new Date() });
    await mood.resume();
    await records.serve(recordsOf(mood));
    await bus.serve('plugin.mood.command.run.v1', async ({ data }) => ({
      text: await answerMood(mood, data.arguments),
    }));
    await bus.serve('plugin.mood.view.ask.v1', async ({ data }) => ({ data: await answerView(mood, data) }));
  },
});
