import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'sends messages whose getters never end giving',
  expect: CONTAINED,
  body: `
    const bomb = { get next() { return bomb; } };
    try { await ctx.bus.publish('chat.message.created.v1', bomb); } catch {}
    log.info('bomb', bomb);
    console.log(bomb);
    const deep = { get a() { return { get a() { return deep; } }; } };
    try { await ctx.bus.request('storage.kv.set.v1', { key: 'x', value: deep }); got('an endless message was sent'); } catch {}`,
});
