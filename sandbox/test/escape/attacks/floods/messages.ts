import { attackOnceActive, MUCH_CPU, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'floods the bus with messages',
  expect: refused('KERNEL_RATE_EXCEEDED', 'KERNEL_PLUGIN_MEMORY'),
  permissions: [{ verb: 'publish', topic: 'chat.conversation.changed.v1' }],
  quota: MUCH_CPU,
  body: `
    const conversation = { id: '00000000-0000-4000-8000-000000000000', title: 'x', createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z', messages: 0 };
    for (let round = 0; ; round += 1) { for (let i = 0; i < 100; i += 1) void ctx.bus.publish('chat.conversation.changed.v1', { conversation, change: 'updated' }).catch(() => {}); await new Promise((end) => setTimeout(end, 1)); }`,
});
