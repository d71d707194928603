import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'hides what it keeps behind weak references and finalizers',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    const keep = new Map(); const registry = new FinalizationRegistry(() => {}); for (let i = 0; ; i += 1) { const item = { i, pad: new Array(100).fill(i) }; registry.register(item, item.pad); keep.set(i, [new WeakRef(item), item]); }
    }, 1);`,
});
