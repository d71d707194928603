import { attackOnceActive, STOPPED_FOR_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'loops in toJSON while it is being sent',
  expect: STOPPED_FOR_CPU,
  body: `
    await ctx.bus.publish("chat.message.created.v1", { toJSON() { for (;;) {} } });`,
});
