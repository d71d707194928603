import { attackOnceActive, MUCH_CPU, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'floods the storage with bytes',
  expect: refused('KERNEL_RATE_EXCEEDED', 'KERNEL_PLUGIN_MEMORY'),
  permissions: [{ verb: 'request', topic: 'storage.kv.set.v1' }],
  quota: MUCH_CPU,
  body: `
    const value = 'z'.repeat(900_000);
    for (let round = 0; ; round += 1) { void ctx.bus.request('storage.kv.set.v1', { key: 'k' + round, value }).catch(() => {}); await new Promise((end) => setTimeout(end, 5)); }`,
});
