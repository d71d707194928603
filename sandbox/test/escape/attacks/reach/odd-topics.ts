import { attackOnceActive, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'spells topics so that a check and a route might read them differently',
  expect: refused('KERNEL_TOPIC_MALFORMED'),
  permissions: [{ verb: 'request', topic: 'chat.>' }],
  body: `
    for (const topic of ['storage.kv.get.v1 ', 'STORAGE.kv.get.v1', 'storage..kv.get.v1', 'storage.kv.get.v1\\u0000', 'plugin.attacker.\\u002e.neighbour.v1', 'storage.kv.*.v1', 'ｓtorage.kv.get.v1', '', '.', 'a'.repeat(256), 'storage.kv.get.v01', '>']) {
      await ctx.bus.request(topic, { key: 'diary' }).then((answer) => got(JSON.stringify(answer)), () => {});
      await ctx.bus.publish(topic, {}).then(() => got(topic), () => {});
    }`,
});
