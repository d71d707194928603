import { attackOnceActive, MUCH_CPU, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'sends a message larger than it may',
  expect: refused('KERNEL_PAYLOAD_TOO_LARGE'),
  permissions: [{ verb: 'request', topic: 'storage.kv.set.v1' }],
  quota: MUCH_CPU,
  body: `
    const value = 'x'.repeat(4_000_000);
    await ctx.bus.request('storage.kv.set.v1', { key: 'x', value }).catch((error) => log.info(error.code));`,
});
