import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'replaces every method of every global by one that throws',
  expect: CONTAINED,
  body: `
    setTimeout(() => {
      for (const name of Object.getOwnPropertyNames(globalThis)) {
        const prototype = globalThis[name]?.prototype;
        if (prototype === undefined) continue;
        for (const key of Reflect.ownKeys(prototype)) {
          try { if (typeof prototype[key] === 'function' && key !== 'constructor') prototype[key] = () => { throw new Error('no'); }; } catch {}
        }
      }
    }, 100);`,
});
