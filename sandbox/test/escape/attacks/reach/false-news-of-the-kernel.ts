import { attackOnceActive, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'publishes in the name of the kernel and of its neighbour',
  expect: refused('KERNEL_PERMISSION_DENIED'),
  permissions: [
    { verb: 'publish', topic: '>' },
    { verb: 'request', topic: 'kernel.condition.set.v1' },
  ],
  body: `
    const violation = { sender: 'neighbour', verb: 'publish', topic: 'x', error: { code: 'KERNEL_PERMISSION_DENIED', message: 'x', rule: 'x', fix: 'x' } };
    for (const topic of ['kernel.violation.raised.v1', 'kernel.plugin.changed.v1', 'kernel.condition.changed.v1', 'kernel.bus.observed.v1']) await ctx.bus.publish(topic, violation).then(() => got(topic), () => {});
    await ctx.conditions.set('vault.unlocked', true).then(() => got('unlocked'), () => {});`,
});
