import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestName } from '../src/index.ts';

test.each([
  ['permisions', ['id', 'name', 'permissions', 'process'], 'permissions'],
  ['LogLevel', ['logLevel', 'logFile'], 'logLevel'],
  ['prot', ['port', 'host'], 'port'],
  ['anything', [], undefined],
])('finds for %s among %j the name %s [SVC-2]', (name, known, nearest) => {
  expect(nearestName(name, known)).toBe(nearest);
});

test('finds a known name for itself, and one that is known for any other [SVC-2]', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), fc.string(), (known, other) => {
      for (const name of known) expect(nearestName(name, known)).toBe(name);
      expect(known).toContain(nearestName(other, known));
    }),
  );
});

test('is quick with a hostile name [SVC-2]', () => {
  const started = performance.now();
  nearestName('x'.repeat(1_000_000), ['one', 'other']);
  expect(performance.now() - started).toBeLessThan(200);
});
