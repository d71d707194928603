import { attackOnceActive, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'sends JSON that is nested a hundred thousand deep',
  expect: refused('KERNEL_PAYLOAD_INVALID', 'KERNEL_PLUGIN_ACTIVATE_FAILED'),
  permissions: [{ verb: 'request', topic: 'storage.kv.set.v1' }],
  body: `
    const stringify = JSON.stringify;
    const text = '['.repeat(100000) + ']'.repeat(100000);
    JSON.stringify = (value) => (Array.isArray(value) ? stringify(value) : '{"key":"x","value":' + text + '}');
    const answer = ctx.bus.request('storage.kv.set.v1', {}).catch((error) => error.code);
    JSON.stringify = stringify;
    log.info('answer', { answer: await answer });
    throw new Error('over');`,
});
