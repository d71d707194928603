import { attackOnceActive, CONTAINED, MUCH_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'subscribes to its own flood and never finishes a message',
  expect: CONTAINED,
  permissions: [
    { verb: 'publish', topic: 'chat.conversation.changed.v1' },
    { verb: 'subscribe', topic: 'chat.conversation.changed.v1' },
  ],
  quota: MUCH_CPU,
  body: `
    const conversation = { id: '00000000-0000-4000-8000-000000000000', title: 'x', createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z', messages: 0 };
    const topic = 'chat.conversation.changed.v1';
    await ctx.bus.subscribe(topic, () => new Promise(() => {}));
    for (let round = 0; round < 20; round += 1) {
      for (let i = 0; i < 100; i += 1) void ctx.bus.publish(topic, { conversation, change: 'updated' }).catch(() => {});
      await new Promise((end) => setTimeout(end, 20));
    }`,
});
