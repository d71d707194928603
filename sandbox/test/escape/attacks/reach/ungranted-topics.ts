import { attackOnceActive, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'asks for everything of everybody without a grant',
  expect: refused('KERNEL_PERMISSION_DENIED'),
  body: `
    const tries = [['vault.secret.get.v1', { name: 'x' }], ['vault.unlock.run.v1', { password: 'x' }], ['storage.kv.get.v1', { key: 'diary' }], ['memory.recall.v1', { text: 'x' }], ['chat.conversation.list.v1', {}], ['kernel.plugin.list.v1', {}], ['kernel.plugin.install.v1', { path: '/x' }], ['kernel.stop.request.v1', { reason: 'x' }], ['kernel.config.set.v1', { id: 'vault', values: {} }], ['plugin.neighbour.command.run.v1', { name: 'x', arguments: '' }]];
    for (const [topic, data] of tries) await ctx.bus.request(topic, data).then((answer) => got(topic + JSON.stringify(answer)), () => {});`,
});
