import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'replaces Promise.prototype.then to hold the runtime’s callbacks',
  expect: CONTAINED,
  permissions: [{ verb: 'request', topic: 'storage.kv.get.v1' }],
  body: `
    const then = Promise.prototype.then;
    const held = [];
    Promise.prototype.then = function (...callbacks) { held.push(...callbacks); return then.apply(this, callbacks); };
    void ctx.bus.request('storage.kv.get.v1', { key: 'diary' }).catch(() => {});
    await new Promise((end) => setTimeout(end, 30));
    Promise.prototype.then = then;
    for (const callback of held.filter((value) => typeof value === 'function')) {
      try { got(typeof callback.constructor('return process')); } catch {}
      try { callback({ sender: 'kernel' }); } catch {}
    }`,
});
