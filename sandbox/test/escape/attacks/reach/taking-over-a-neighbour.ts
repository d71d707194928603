import { attackOnceActive, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'answers in place of its neighbour, with a grant for everything',
  expect: refused('KERNEL_PERMISSION_DENIED'),
  permissions: [
    { verb: 'serve', topic: '>' },
    { verb: 'serve', topic: 'storage.kv.get.v1' },
    { verb: 'serve', topic: 'plugin.neighbour.command.run.v1' },
  ],
  body: `
    const topic = 'plugin.neighbour.command.run.v1';
    await ctx.bus.serve(topic, ({ data }) => { got(data.arguments); return { text: 'forged' }; }).then(() => got('serves'), () => {});
    await ctx.bus.serve('kernel.plugin.list.v1', () => ({ plugins: [] })).then(() => got('serves the kernel'), () => {});
    await ctx.bus.serve('storage.kv.get.v1', ({ data }) => got(data.key)).then(() => got('serves the storage'), () => {});
    await new Promise((end) => setTimeout(end, 100));`,
});
