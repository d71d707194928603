import { attackOnceActive, CONTAINED, MUCH_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'subscribes to its own flood and never finishes a message',
  expect: CONTAINED,
  permissions: [
    { verb: 'publish', topic: 'llm.status.changed.v1' },
    { verb: 'subscribe', topic: 'llm.status.changed.v1' },
  ],
  quota: MUCH_CPU,
  body: `
    const status = { selected: { provider: 'x', kind: 'scripted', model: 'x' }, connected: false, providers: [] };
    const topic = 'llm.status.changed.v1';
    await ctx.bus.subscribe(topic, () => new Promise(() => {}));
    for (let round = 0; round < 20; round += 1) {
      for (let i = 0; i < 100; i += 1) void ctx.bus.publish(topic, status).catch(() => {});
      await new Promise((end) => setTimeout(end, 20));
    }`,
});
