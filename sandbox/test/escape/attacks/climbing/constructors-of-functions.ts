import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'climbs out by the constructors of every kind of function',
  expect: CONTAINED,
  body: `
    for (const sample of [() => {}, async () => {}, function* () {}, async function* () {}, class {}, ctx.log.info, setTimeout]) {
      try { got(typeof sample.constructor('return process')()); } catch {}
      try { got(typeof Reflect.construct(sample.constructor, ['return this'])); } catch {}
      try { got(typeof new sample.constructor('return globalThis')); } catch {}
    }`,
});
