import { attackOnceActive, MUCH_CPU, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'floods the bus with messages that it may not send',
  expect: refused('KERNEL_PERMISSION_DENIED'),
  quota: MUCH_CPU,
  body: `
    for (let round = 0; ; round += 1) { for (let i = 0; i < 100; i += 1) void ctx.bus.publish('vault.state.changed.v1', {}).catch(() => {}); await new Promise((end) => setTimeout(end, 1)); }`,
});
