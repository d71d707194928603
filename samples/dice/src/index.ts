import { definePlugin } from '@aico/sdk';
import { answerRoll } from './answer.ts';
import { secureRandom } from './uniform-integer.ts';

export default definePlugin({
  async activate(ctx) {
    await ctx.bus.serve('plugin.dice.command.run.v1', ({ data }) => ({
      text: answerRoll(data.arguments, secureRandom),
    }));
    await ctx.bus.serve('plugin.dice.tool.run.v1', ({ data }) => ({
      text: answerRoll(String(data.input['dice']), secureRandom),
    }));
  },
});
