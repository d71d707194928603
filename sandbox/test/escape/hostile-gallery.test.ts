import { expect, test } from 'vitest';
import { loadAttacks } from './gallery.ts';
import { Arena, type Finding } from './support/arena.ts';

const AT_ONCE = 4;
const attacks = await loadAttacks();
const findings = new Map<string, Finding>();

test('the hostile gallery is at least eighty attacks, each with a title of its own', () => {
  expect(attacks.length).toBeGreaterThanOrEqual(80);
  expect(new Set(attacks.map(({ title }) => title)).size).toBe(attacks.length);
});

test('no attack of the gallery takes or changes anything, and the neighbour answers throughout [PLG-2, PLG-3, PLG-6]', {
  timeout: 300_000,
}, async () => {
  await using arena = await Arena.open();
  const waiting = [...attacks];
  const runAll = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      findings.set(next.title, await arena.run(next));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runAll));
  expect(await arena.damage()).toEqual([]);
  expect([...findings.values()].filter(({ breaches }) => breaches.length > 0)).toEqual([]);
  expect(arena.customer.since(0)).toMatchObject({ failed: 0 });
  const unserved = [...findings.values()].filter(({ neighbour }) => neighbour.failed > 0 || neighbour.answered === 0);
  expect(unserved).toEqual([]);
});

test.for(attacks.map(({ title, expect: expected }) => ({ title, expected })))(
  'a plugin that $title is $expected.is [PLG-6]',
  ({ title, expected }) => {
    const finding = findings.get(title);
    const told = `${title}: expected ${JSON.stringify(expected)}, came to ${finding?.outcome}`;
    expect(finding?.asExpected, told).toBe(true);
  },
);
