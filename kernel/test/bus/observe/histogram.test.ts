import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from '../../../src/bus/observe/histogram.ts';

test('finds each percentile within a fifth of its exact value [OBS-2]', () => {
  const times = fc.array(fc.double({ min: 0.01, max: 50_000, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.99), (milliseconds, share) => {
      const histogram = new Histogram();
      for (const each of milliseconds) histogram.record(each);
      const exact = milliseconds.toSorted((a, b) => a - b)[Math.ceil(milliseconds.length * share) - 1] ?? 0;
      const found = histogram.percentile(share);
      return found >= exact * 0.99 && found <= exact * 1.2;
    }),
  );
});

test('says nothing of what it did not measure', () => {
  expect(new Histogram().summary()).toEqual({ count: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 });
});

test('counts what takes longer than its last bucket as that [OBS-2]', () => {
  const histogram = new Histogram();
  histogram.record(10_000_000);
  expect(histogram.summary().count).toBe(1);
});
