import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'climbs its callers by Function.prototype.caller and arguments',
  expect: CONTAINED,
  body: `
    function probe() {
      for (const name of ['caller', 'callee', 'arguments']) {
        try { const found = probe[name] ?? arguments[name]; if (typeof found === 'function' && found !== probe) got(name); } catch {}
      }
    }
    probe();
    ctx.assets.read({ toString: probe });`,
});
