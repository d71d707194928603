import { attackOnceActive, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'breaks the kernel’s tracing by a forged header',
  expect: refused('KERNEL_TRACE_MALFORMED', 'KERNEL_PAYLOAD_INVALID'),
  permissions: [{ verb: 'publish', topic: 'llm.status.changed.v1' }],
  body: `
    const stringify = JSON.stringify;
    const forge = async (records) => {
      JSON.stringify = (value) => (Array.isArray(value) ? stringify(records) : stringify(value));
      void ctx.bus.publish('chat.message.created.v1', {}).catch(() => {});
      await null;
      await null;
      JSON.stringify = stringify;
    };
    await forge([[1, 1, 0, 'llm.status.changed.v1', stringify({ traceparent: 'x'.repeat(60000) }), '{}'], [1, 2, 0, 'llm.status.changed.v1', '{', '{}'], [1, 3, 0, 'llm.status.changed.v1', '[]', '{}']]);`,
});
