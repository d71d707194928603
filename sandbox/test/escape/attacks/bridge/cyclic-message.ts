import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'sends messages that contain themselves',
  expect: CONTAINED,
  body: `
    const cycle = { list: [] };
    cycle.list.push(cycle);
    let refusals = 0;
    for (const send of [() => ctx.bus.publish('chat.message.created.v1', cycle), () => ctx.bus.request('storage.kv.set.v1', { key: 'x', value: cycle })]) {
      try { await send(); } catch { refusals += 1; }
    }
    log.info('cycle', cycle);
    console.log(cycle);
    if (refusals !== 2) got('a cycle was sent');`,
});
