import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'replaces the methods of Map, Set and Array under the runtime',
  expect: CONTAINED,
  body: `
    const saved = [[Map.prototype, ['get', 'set', 'delete', 'has']], [Set.prototype, ['add', 'has']], [Array.prototype, ['push', 'splice', 'shift', 'map', 'forEach']], [Function.prototype, ['call', 'apply', 'bind']]].flatMap(([owner, names]) => names.map((name) => [owner, name, owner[name]]));
    const caught = [];
    let depth = 0;
    for (const [owner, name, original] of saved) {
      const call = Reflect.apply;
      owner[name] = function (...values) { if (depth === 0) { depth = 1; caught[caught.length] = [this, values]; depth = 0; } return call(original, this, values); };
    }
    await ctx.bus.request('storage.kv.get.v1', { key: 'diary' }).catch(() => {});
    for (const [owner, name, original] of saved) owner[name] = original;
    for (const value of caught.flat(2)) { try { if (typeof value === 'function' && typeof value.constructor('return process') === 'function') got('a host function'); } catch {} }
    if (caught.length === 0) got('nothing tried');`,
});
