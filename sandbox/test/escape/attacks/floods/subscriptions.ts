import { attackOnceActive, MUCH_CPU, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'subscribes to topics without end',
  expect: refused('KERNEL_SUBSCRIPTION_LIMIT', 'KERNEL_RATE_EXCEEDED'),
  permissions: [{ verb: 'subscribe', topic: 'chat.>' }],
  quota: MUCH_CPU,
  body: `
    for (let round = 0; ; round += 1) { for (let i = 0; i < 100; i += 1) void ctx.bus.subscribePattern('chat.t' + round + 'x' + i + '.v1', () => {}).catch(() => {}); await new Promise((end) => setTimeout(end, 1)); }`,
});
