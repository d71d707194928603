import { attackOnceActive, MUCH_CPU, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'opens requests that nobody answers, without end',
  // Where the processor is shared by many, it may have filled its own memory before it is heard.
  expect: refused('KERNEL_REQUEST_LIMIT', 'KERNEL_RATE_EXCEEDED', 'KERNEL_PLUGIN_MEMORY'),
  permissions: [{ verb: 'request', topic: 'storage.kv.list.v1' }],
  quota: MUCH_CPU,
  body: `
    await ctx.bus.serve('plugin.' + ctx.id + '.command.run.v1', () => new Promise(() => {})).catch(() => {});
    for (;;) { for (let i = 0; i < 100; i += 1) void ctx.bus.request('storage.kv.list.v1', {}).catch(() => {}); await new Promise((end) => setTimeout(end, 1)); }`,
});
