import { attackOnceActive, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'subscribes to what others say',
  expect: refused('KERNEL_PERMISSION_DENIED'),
  body: `
    for (const pattern of ['>', '*.>', 'plugin.neighbour.>', 'plugin.*.command.run.v1', 'kernel.>', 'kernel.bus.observed.v1', 'vault.>', 'storage.>', 'chat.message.created.v1']) {
      await ctx.bus.subscribePattern(pattern, (message) => got(JSON.stringify(message))).then(() => got('subscribed to ' + pattern), () => {});
    }
    await new Promise((end) => setTimeout(end, 100));`,
});
