import { describe, expect, test } from 'vitest';
import { listFiles, readText } from './source-tree.ts';

/** The requirement areas and how many each has: SVC-1 to SVC-7, and so on. */
const REQUIREMENTS: Readonly<Record<string, number>> = {
  SVC: 7,
  BUS: 7,
  DATA: 8,
  SEC: 9,
  RES: 5,
  PLG: 9,
  UI: 3,
  AVA: 5,
  UPD: 8,
  OBS: 6,
  BLD: 12,
};

/** An id in a test's title: `[SEC-4]`, or several, `[SEC-4, PLG-2]`. */
const CITATION = /\[((?:[A-Z]{2,5}-\d+)(?:,\s*[A-Z]{2,5}-\d+)*)\]/g;

function citations(): { path: string; id: string }[] {
  const tests = listFiles('').filter((path) => path.endsWith('.test.ts'));
  return tests.flatMap((path) =>
    [...readText(path).matchAll(CITATION)].flatMap(([, ids = '']) => ids.split(/,\s*/).map((id) => ({ path, id }))),
  );
}

describe('the requirement ids that tests cite', () => {
  test('are some, so that an empty look never passes', () => {
    expect(citations().length).toBeGreaterThan(0);
  });

  test('are all known', () => {
    const unknown = citations().filter(({ id }) => {
      const [area = '', number] = id.split('-');
      return !(Number(number) >= 1 && Number(number) <= (REQUIREMENTS[area] ?? 0));
    });
    const told = unknown.map(({ path, id }) => `${path} cites ${id}, which no requirement bears. Correct the id.`);
    expect(told).toEqual([]);
  });
});
