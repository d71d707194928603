import { attackOnceActive, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'asks itself and answers twice, early and late',
  expect: refused('KERNEL_PERMISSION_DENIED'),
  permissions: [{ verb: 'serve', topic: 'plugin.>' }],
  body: `
    const topic = 'plugin.' + ctx.id + '.command.run.v1';
    const answers = [];
    await ctx.bus.serve(topic, (request) => { answers.push(request); return { text: 'once' }; });
    const question = { name: 'x', arguments: '', conversation: '00000000-0000-4000-8000-000000000000', time: '2026-01-01T00:00:00Z' };
    for (let round = 0; round < 10; round += 1) await ctx.bus.request(topic, question).catch(() => {});
    if (answers.some(({ sender }) => sender !== ctx.id)) got('a request of another');`,
});
