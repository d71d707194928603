import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'makes code from text by the hidden function constructors',
  expect: CONTAINED,
  body: `
    const samples = { async: async () => {}, generator: function* () {}, asyncGenerator: async function* () {} };
    for (const [name, sample] of Object.entries(samples)) {
      const prototype = Object.getPrototypeOf(sample);
      for (const attempt of [() => prototype.constructor('return 1'), () => Reflect.construct(prototype.constructor, ['return 1']), () => Object.getPrototypeOf(prototype.constructor)('return 1'), () => prototype.constructor.constructor('return 1')]) {
        try { if (typeof attempt() === 'function') got(name); } catch {}
      }
      try { Object.defineProperty(prototype, 'constructor', { value: 1 }); got(name + ' was redefined'); } catch {}
    }`,
});
