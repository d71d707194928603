import { expect, test } from 'vitest';
import { fuse } from '../src/fuse.ts';

test('fuses ranks: what both lists have comes before the best of one', () => {
  expect(fuse({ words: [7, 8], meaning: [9, 8] })).toEqual([
    { key: 8, score: 2 / 62, by: ['meaning', 'words'] },
    { key: 9, score: 1 / 61, by: ['meaning'] },
    { key: 7, score: 1 / 61, by: ['words'] },
  ]);
});
