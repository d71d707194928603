import { definePlugin } from '@aico/sdk';
import { Pomodoro } from './pomodoro.ts';

export default definePlugin({
  async activate(ctx) {
    const pomodoro = new Pomodoro(ctx);
    await ctx.schedule.onDue((due) => pomodoro.goOn(due));
    await ctx.bus.serve('plugin.pomodoro.command.run.v1', async ({ data }) => ({ text: await pomodoro.answer(data) }));
  },
});
