import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'puts a proxy under Object.prototype to hear every missing property',
  expect: CONTAINED,
  body: `
    const heard = [];
    try { Object.setPrototypeOf(Object.prototype, new Proxy({}, { get(_, key) { heard.push(String(key)); } })); got('an exotic prototype was changed'); } catch {}
    const port = Object.getPrototypeOf(ctx.bus);
    try { Object.setPrototypeOf(ctx.bus, new Proxy(port, { get(target, key) { heard.push(String(key)); return target[key]; } })); } catch {}
    await ctx.bus.request('storage.kv.get.v1', { key: 'diary' }).catch(() => {});
    if (heard.some((key) => /secret|address/i.test(key))) got(heard);`,
});
