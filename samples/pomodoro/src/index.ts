import { definePlugin } from '@aico/sdk';
import { Pomodoro } from './pomodoro.ts';
import { recordsOf } from './records.ts';

export default definePlugin({
  async activate(ctx) {
    const pomodoro = new Pomodoro(ctx);
    await ctx.schedule.onDue((due) => pomodoro.goOn(due));
    await ctx.records.serve(recordsOf(pomodoro));
    await ctx.bus.serve('plugin.pomodoro.command.run.v1', async ({ data }) => ({ text: await pomodoro.answer(data) }));
  },
});
