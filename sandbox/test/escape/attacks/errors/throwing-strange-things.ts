import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'throws what no handler expects',
  expect: CONTAINED,
  body: `
    const strange = [null, undefined, Symbol('x'), 1n, Object.create(null), new Proxy({}, { get() { throw null; } }), { toString() { throw {}; } }, () => {}];
    for (const thing of strange) {
      setTimeout(() => { throw thing; }, 0);
      queueMicrotask(() => { throw thing; });
      void Promise.reject(thing);
    }
    await new Promise((end) => setTimeout(end, 50));`,
});
