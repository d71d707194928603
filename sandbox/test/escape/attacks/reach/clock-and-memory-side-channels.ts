import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'measures its neighbours by a fine clock',
  expect: CONTAINED,
  body: `
    for (const name of ['performance', 'SharedArrayBuffer', 'setImmediate', 'gc']) if (globalThis[name] !== undefined) got(name);
    let smallest = Infinity;
    for (let i = 0, last = Date.now(); i < 1e5; i += 1) { const now = Date.now(); if (now > last) { smallest = Math.min(smallest, now - last); last = now; } }
    if (smallest < 1) got('a clock of ' + smallest + ' ms');`,
});
