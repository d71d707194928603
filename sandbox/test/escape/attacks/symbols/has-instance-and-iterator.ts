import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'bends the language by Symbol.hasInstance, iterator and isConcatSpreadable',
  expect: CONTAINED,
  body: `
    Object.defineProperty(Error, Symbol.hasInstance, { configurable: true, value: () => true });
    Object.defineProperty(Object.prototype, Symbol.isConcatSpreadable, { configurable: true, get() { return true; } });
    const next = Object.getPrototypeOf([][Symbol.iterator]()).next;
    const caught = [];
    Object.getPrototypeOf([][Symbol.iterator]()).next = function () { const step = next.call(this); caught.push(step.value); return step; };
    console.log({ a: 1 }, 'x');
    await ctx.bus.request('storage.kv.get.v1', { key: 'x' }).catch(() => {});
    Object.getPrototypeOf([][Symbol.iterator]()).next = next;
    delete Object.prototype[Symbol.isConcatSpreadable];
    for (const value of caught) { try { if (typeof value === 'function' && typeof value.constructor('return process') === 'function') got('a host function'); } catch {} }`,
});
