import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuse } from '../src/fuse.ts';
import { VectorIndex } from '../src/vector-index.ts';

const DIMENSIONS = 4;
const vector = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: DIMENSIONS, maxLength: DIMENSIONS });
const change = fc.record({ key: fc.nat(30), vector: fc.option(vector, { nil: undefined }) });

test('finds what a full comparison finds, after any additions, replacements and removals', () => {
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 120 }),
      vector,
      fc.integer({ min: 1, max: 6 }),
      (changes, query, count) => {
        const index = new VectorIndex(DIMENSIONS, 1000);
        const model = new Map<number, number[]>();
        for (const { key, vector } of changes) {
          if (vector) {
            index.set(key, vector);
            model.set(key, vector);
          } else {
            index.delete(key);
            model.delete(key);
          }
        }
        expect(index.size).toBe(model.size);
        const cosineOf = (own: number[]) => own.reduce((sum, value, at) => sum + value * (query[at] ?? 0), 0);
        const expected = [...model.values()].map(cosineOf).filter((cosine) => cosine >= 3);
        expected.sort((a, b) => b - a);
        expect(index.search(query, count, 3).map(({ cosine }) => cosine)).toEqual(expected.slice(0, count));
      },
    ),
  );
});

test('holds the newest when it is full', () => {
  const index = new VectorIndex(1, 3);
  for (const key of [1, 2, 3, 4, 5]) index.set(key, [key]);
  expect(index.search([1], 9).map(({ key }) => key)).toEqual([5, 4, 3]);
});

test('fuses ranks: what both lists have comes before the best of one', () => {
  expect(fuse({ words: [7, 8], meaning: [9, 8] })).toEqual([
    { key: 8, score: 2 / 62, by: ['meaning', 'words'] },
    { key: 9, score: 1 / 61, by: ['meaning'] },
    { key: 7, score: 1 / 61, by: ['words'] },
  ]);
});
