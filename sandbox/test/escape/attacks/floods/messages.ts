import { attackOnceActive, MUCH_CPU, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'floods the bus with messages',
  expect: refused('KERNEL_RATE_EXCEEDED', 'KERNEL_PLUGIN_MEMORY'),
  permissions: [{ verb: 'publish', topic: 'llm.status.changed.v1' }],
  quota: MUCH_CPU,
  body: `
    const status = { selected: { provider: 'x', kind: 'scripted', model: 'x' }, connected: false, providers: [] };
    for (let round = 0; ; round += 1) { for (let i = 0; i < 100; i += 1) void ctx.bus.publish('llm.status.changed.v1', status).catch(() => {}); await new Promise((end) => setTimeout(end, 1)); }`,
});
