import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'climbs out by an async generator that is returned into',
  expect: CONTAINED,
  body: `
    const thief = { then(resolve) { try { got(typeof resolve.constructor('return process')); } catch {} resolve(1); } };
    async function* endless() { try { yield 1; } finally { yield thief; } }
    const running = endless();
    await running.next();
    await running.return(thief);
    try { await running.throw(thief); } catch {}
    const made = Object.getPrototypeOf(Object.getPrototypeOf(running)).constructor;
    try { got(typeof made.constructor('return process')); } catch {}
    try { got(typeof Object.getPrototypeOf(endless).constructor('yield process')); } catch {}`,
});
