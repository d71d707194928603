import { attackOnceActive, STOPPED_FOR_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'loops in a JSON.parse of its own while it is told something',
  expect: STOPPED_FOR_CPU,
  body: `
    JSON.parse = () => { for (;;) {} };
    await ctx.bus.request("storage.kv.get.v1", { key: "x" });`,
});
