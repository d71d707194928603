import { attackOnceActive, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'hears nothing of the kernel or of requests though every topic was granted',
  expect: refused('KERNEL_PERMISSION_DENIED'),
  permissions: [{ verb: 'subscribe', topic: '>' }],
  body: `
    await ctx.bus.subscribePattern('>', (message) => got(JSON.stringify(message)));
    for (const pattern of ['kernel.>', 'kernel.bus.observed.v1', 'plugin.neighbour.command.run.v1']) await ctx.bus.subscribePattern(pattern, (message) => got(JSON.stringify(message))).catch(() => {});
    await new Promise((end) => setTimeout(end, 200));`,
});
