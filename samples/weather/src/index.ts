import { definePlugin } from '@aico/sdk';
import { answerWeather } from './answer.ts';

export default definePlugin({
  async activate({ bus, fetch }) {
    await bus.serve('plugin.weather.command.run.v1', async ({ data, signal }) => ({
      text: await answerWeather(data.arguments, (url) => fetch(url, { signal })),
    }));
  },
});
