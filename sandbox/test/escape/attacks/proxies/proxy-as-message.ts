import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'sends proxies whose traps run inside the bridge',
  expect: CONTAINED,
  body: `
    const { constructor } = Object.getPrototypeOf(async () => {});
    const trap = new Proxy({}, { ownKeys() { return ['a']; }, getOwnPropertyDescriptor() { return { configurable: true, enumerable: true, value: 1 }; }, get(_, key, receiver) {
      try { got(typeof Object.getPrototypeOf(receiver).constructor.constructor('return process')); } catch {}
      try { got(typeof constructor('return process')); } catch {}
      return key === 'toJSON' ? () => ({ a: 1 }) : key;
    } });
    await ctx.bus.publish('chat.message.created.v1', trap).catch(() => {});
    await ctx.bus.request('storage.kv.set.v1', trap).catch(() => {});
    log.info('proxy', trap);`,
});
