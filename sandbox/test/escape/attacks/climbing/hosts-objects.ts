import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'climbs out by the constructors of what the sandbox gives it',
  expect: CONTAINED,
  body: `
    const seen = new Set();
    const walk = (value, path) => {
      if (value === null || !['object', 'function'].includes(typeof value) || seen.has(value)) return;
      seen.add(value);
      for (const key of Reflect.ownKeys(value)) {
        let inner;
        try { inner = value[key]; } catch { continue; }
        try { const made = inner?.constructor?.('return process'); if (typeof made === 'function') got(path + String(key)); } catch {}
        walk(inner, path + String(key) + '.');
      }
      walk(Object.getPrototypeOf(value), path + '__proto__.');
    };
    walk(ctx, 'ctx.');
    walk(globalThis, '');
    if (seen.size < 100) got('nothing walked, only ' + seen.size);`,
});
