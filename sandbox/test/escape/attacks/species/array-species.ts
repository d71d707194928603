import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'steals what the runtime copies by Symbol.species',
  expect: CONTAINED,
  body: `
    const caught = [];
    class Thief extends Array { static get [Symbol.species]() { return function (length) { caught.push(length); return new Proxy([], {}); }; } }
    Object.defineProperty(Array, Symbol.species, { configurable: true, get: () => Thief });
    Object.defineProperty(Promise, Symbol.species, { configurable: true, get() { return function (executor) { executor((value) => caught.push(value), () => {}); }; } });
    Array.prototype.constructor = Thief;
    for (let round = 0; round < 5; round += 1) void ctx.bus.publish('chat.message.created.v1', { round }).catch(() => {});
    await null;
    Array.prototype.constructor = Array;
    for (const value of caught.flat(3)) { try { if (typeof value === 'function' && typeof value.constructor('return process') === 'function') got('a host function'); } catch {} }`,
});
