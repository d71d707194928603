import { definePlugin } from '@aico/sdk';
import { answerMood, answerView } from './answer.ts';
import { Mood } from './moods.ts';

export default definePlugin({
  async activate({ bus, storage, theme }) {
    const mood = new Mood({ storage, theme });
    await mood.resume();
    await bus.serve('plugin.mood.command.run.v1', async ({ data }) => ({
      text: await answerMood(mood, data.arguments),
    }));
    await bus.serve('plugin.mood.view.ask.v1', async ({ data }) => ({ data: await answerView(mood, data) }));
  },
});
