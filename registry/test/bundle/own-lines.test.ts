import { expect, test } from 'vitest';
import { ownLinesIn } from '../../src/bundle/own-lines.ts';

/** Two lines, each from the beginning of a source of its own. */
const map = (...sources: string[]): string => JSON.stringify({ version: 3, sources, names: [], mappings: 'AAAA;ACAA' });
const place = (line: number) => ({ line, column: 0 });

test("an author's own lines are told apart from those of the libraries that were bundled with them [PLG-9]", () => {
  expect(ownLinesIn(map('node_modules/dice/index.js', 'src/index.ts'), 9)).toEqual([place(1)]);
  expect(ownLinesIn(map('@aico/sdk/src/index.ts', 'src/index.ts'), 9)).toEqual([place(1)]);
  expect(ownLinesIn(map('src/first.ts', 'src/index.ts'), 9)).toEqual([place(0), place(1)]);
  expect(ownLinesIn(map('src/first.ts', 'src/index.ts'), 1)).toEqual([place(0)]);
  expect(ownLinesIn(map('other/a.js', 'node_modules/b.js'), 9)).toEqual([]);
});
