import { definePlugin } from '@aico/sdk';

export default definePlugin({
  async activate(ctx) {
    const greet = (name: unknown) => `Hello, ${typeof name === 'string' && name !== '' ? name : 'you'}!`;
    await ctx.bus.serve('plugin.hello.command.run.v1', ({ data }) => ({ text: greet(data.arguments) }));
    // What a view sends may be anything: it is checked like all that comes from outside.
    await ctx.bus.serve('plugin.hello.view.ask.v1', ({ data }) => ({ data: greet(data.data) }));
  },
});
