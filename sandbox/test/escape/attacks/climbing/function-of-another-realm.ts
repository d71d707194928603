import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'looks for another realm to borrow its Function',
  expect: CONTAINED,
  body: `
    const realms = [() => new ShadowRealm(), () => globalThis.window, () => globalThis.frames, () => globalThis.self, () => globalThis.parent, () => globalThis.vm, () => require('vm')];
    for (const realm of realms) {
      try { const found = realm(); if (found !== undefined) got(String(found)); } catch {}
    }
    try { got(typeof Reflect.construct(Object, [], (() => {}).constructor).constructor('return this')); } catch {}`,
});
