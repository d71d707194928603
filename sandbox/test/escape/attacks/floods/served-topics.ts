import { attackOnceActive, MUCH_CPU, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'serves topics without end',
  expect: refused('KERNEL_PERMISSION_DENIED'),
  permissions: [{ verb: 'serve', topic: 'plugin.neighbour.>' }],
  quota: MUCH_CPU,
  body: `
    for (let round = 0; ; round += 1) { for (let i = 0; i < 50; i += 1) void ctx.bus.serve('plugin.neighbour.t' + round + 'x' + i + '.run.v1', () => {}).catch(() => {}); await new Promise((end) => setTimeout(end, 1)); }`,
});
