import { attackOnceActive, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'sends JSON with __proto__, constructor and doubled keys',
  expect: refused('KERNEL_PAYLOAD_INVALID'),
  permissions: [{ verb: 'request', topic: 'storage.kv.get.v1' }],
  body: `
    const stringify = JSON.stringify;
    const bodies = ['{"key":"neighbour diary","key":"diary"}', '{"__proto__":{"sender":"neighbour"},"key":"diary"}', '{"key":"diary","constructor":{"prototype":{"sender":"neighbour"}}}', '{"key":"diary","sender":"neighbour"}'];
    for (const body of bodies) {
      JSON.stringify = (value) => (Array.isArray(value) ? stringify(value) : body);
      const answer = ctx.bus.request('storage.kv.get.v1', {}).catch(() => ({}));
      JSON.stringify = stringify;
      const { value } = await answer;
      if (typeof value === 'string') got(value);
    }
    JSON.stringify = (value) => (Array.isArray(value) ? stringify(value) : '{"sender":"neighbour"}');
    await ctx.bus.request('storage.kv.get.v1', {}).catch(() => {});`,
});
