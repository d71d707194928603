import { definePlugin } from '@aico/sdk';
import { answerTranslate } from './answer.ts';

export default definePlugin({
  async activate(ctx) {
    await ctx.bus.serve('plugin.translator.command.run.v1', async ({ data, signal }) => ({
      text: await answerTranslate(ctx, data.arguments, signal),
    }));
  },
});
