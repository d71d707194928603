import { definePlugin } from '@aico/sdk';

export default definePlugin({
  async activate(ctx) {
    await ctx.bus.serve('plugin.hello.command.run.v1', ({ data }) => ({ text: `Hello, ${data.arguments || 'you'}!` }));
  },
});
