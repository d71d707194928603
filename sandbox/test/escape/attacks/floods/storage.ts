import { attackOnceActive, MUCH_CPU, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'floods the storage with requests that it never awaits',
  expect: refused('KERNEL_RATE_EXCEEDED', 'KERNEL_REQUEST_LIMIT', 'KERNEL_PLUGIN_MEMORY'),
  permissions: [{ verb: 'request', topic: 'storage.kv.set.v1' }],
  quota: MUCH_CPU,
  body: `
    for (let round = 0; ; round += 1) { for (let i = 0; i < 100; i += 1) void ctx.bus.request('storage.kv.set.v1', { key: 'k' + i, value: round }).catch(() => {}); await new Promise((end) => setTimeout(end, 1)); }`,
});
