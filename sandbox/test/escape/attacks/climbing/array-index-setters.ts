import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'waits with setters on Array.prototype for what the bridge copies',
  expect: CONTAINED,
  body: `
    const caught = [];
    for (const index of [0, 1, 2, 3, 4, 5, 6]) {
      Object.defineProperty(Array.prototype, index, { configurable: true, get() { return undefined; }, set(value) { caught.push(value); } });
    }
    void ctx.bus.publish('chat.message.created.v1', {}).catch(() => {});
    await null;
    await null;
    for (const index of [0, 1, 2, 3, 4, 5, 6]) delete Array.prototype[index];
    for (const value of caught) {
      try { if (typeof value === 'function' && typeof value.constructor('return process') === 'function') got('a host function'); } catch {}
    }`,
});
