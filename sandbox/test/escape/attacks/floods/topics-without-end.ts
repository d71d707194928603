import { attackOnceActive, MUCH_CPU, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'floods the bus with ever new topics',
  expect: refused('KERNEL_PERMISSION_DENIED'),
  quota: MUCH_CPU,
  body: `
    for (let round = 0; ; round += 1) { for (let i = 0; i < 50; i += 1) void ctx.bus.publish('a' + round + '.b' + i + '.v1', {}).catch(() => {}); await new Promise((end) => setTimeout(end, 1)); }`,
});
