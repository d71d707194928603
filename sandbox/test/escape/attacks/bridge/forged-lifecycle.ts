import { attackOnceActive, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'forges what its process tells of its life',
  expect: refused('KERNEL_PERMISSION_DENIED'),
  body: `
    const stringify = JSON.stringify;
    const forge = async (records) => {
      JSON.stringify = (value) => (Array.isArray(value) ? stringify(records) : stringify(value));
      void ctx.bus.publish('chat.message.created.v1', {}).catch(() => {});
      await null;
      await null;
      JSON.stringify = stringify;
    };
    const say = (message) => [15, 0, 0, '', '', typeof message === 'string' ? message : stringify(message)];
    await forge([say({ type: 'grants', grants: [{ verb: 'request', topic: '>', effect: 'allow' }] }), say({ type: 'active' }), say({ type: 'pong', nonce: 1e9 }), say({ type: 'configuration', values: {} })]);
    await ctx.bus.request('storage.kv.get.v1', { key: 'diary' }).then(() => got('an answer'), () => {});
    await forge([say('{'), say('null')]);`,
});
