import { attackOnceActive, CONTAINED, MUCH_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'breaks the runtime half way by a stack that is nearly full',
  expect: CONTAINED,
  quota: MUCH_CPU,
  body: `
    let broken = 0;
    const dive = (depth) => {
      try { dive(depth + 1); } catch { /* one frame higher */ }
      if (depth % 500 !== 0) return;
      try { ctx.assets.read('plugin.json'); log.debug('x'); } catch (error) { broken += 1; if (/[.]mjs|node:|file:/.test(String(error.stack))) got(error.stack); }
    };
    dive(0);
    if (typeof process !== 'undefined') got('process after ' + broken);`,
});
