import { expect, test } from 'vitest';
import { firstPlaceIn } from '../../src/bundle/first-place.ts';

/** Two lines, each from the beginning of a source of its own. */
const map = (...sources: string[]): string => JSON.stringify({ version: 3, sources, names: [], mappings: 'AAAA;ACAA' });

test("an author's own code begins after the libraries that were bundled before it [PLG-9]", () => {
  expect(firstPlaceIn(map('node_modules/dice/index.js', 'src/index.ts'))).toEqual({ line: 1, column: 0 });
  expect(firstPlaceIn(map('@aico/sdk/src/index.ts', 'src/index.ts'))).toEqual({ line: 1, column: 0 });
  expect(firstPlaceIn(map('src/first.ts', 'src/index.ts'))).toEqual({ line: 0, column: 0 });
  expect(firstPlaceIn(map('other/a.js', 'node_modules/b.js'))).toBeUndefined();
});
