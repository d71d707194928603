import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'climbs out by __proto__, __defineGetter__ and __lookupGetter__',
  expect: CONTAINED,
  body: `
    const lookup = Object.prototype.__lookupGetter__;
    for (const target of [ctx, ctx.bus, ctx.log, ctx.log.info, globalThis]) {
      const proto = lookup.call(target, '__proto__').call(target);
      try { proto.__defineGetter__('process', function () { if (this !== target && this !== globalThis) throw this; return undefined; }); } catch {}
      try { got(typeof proto.constructor.constructor('return process')); } catch {}
    }
    if (typeof process !== 'undefined') got('process');`,
});
