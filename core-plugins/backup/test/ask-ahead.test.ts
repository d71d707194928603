import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { askAhead } from '../src/ask-ahead.ts';

/** Asks that answer late, the later ones sooner; what happened, and how many were open at most. */
function slow(fails: readonly number[] = []) {
  const seen = { asked: [] as number[], open: 0, most: 0 };
  const ask = async (each: number): Promise<number> => {
    seen.asked.push(each);
    seen.open += 1;
    seen.most = Math.max(seen.most, seen.open);
    for (let turn = 0; turn < 12 - each; turn += 1) await setImmediate();
    seen.open -= 1;
    if (fails.includes(each)) throw new Error(`no ${each}`);
    return each;
  };
  return { seen, ask };
}

test('answers come in their order, and no more than so many are asked for at a time [DATA-6]', async () => {
  const { seen, ask } = slow();
  const answers: number[] = [];
  for await (const answer of askAhead([0, 1, 2, 3, 4, 5, 6], 3, ask)) {
    answers.push(answer);
    expect(seen.asked.length).toBeLessThanOrEqual(answers.length + 2);
  }
  expect(answers).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(seen.most).toBe(3);
  expect(await Array.fromAsync(askAhead([], 3, ask))).toEqual([]);
  expect(await Array.fromAsync(askAhead([1], 3, ask))).toEqual([1]);
});

test('the first failure in their order ends it, others harm nobody, and nothing more is asked for [DATA-6]', async () => {
  const { seen, ask } = slow([1, 2]);
  await expect(Array.fromAsync(askAhead([0, 1, 2, 3, 4, 5, 6], 3, ask))).rejects.toThrow('no 1');
  expect(seen.asked).toEqual([0, 1, 2, 3]);
  while (seen.open > 0) await setImmediate();
  expect(seen.asked).toEqual([0, 1, 2, 3]);
});

test('who leaves early has nothing more asked for, although what was asked for fails [DATA-6]', async () => {
  const { seen, ask } = slow([2]);
  for await (const answer of askAhead([0, 1, 2, 3, 4, 5, 6], 3, ask)) if (answer === 0) break;
  while (seen.open > 0) await setImmediate();
  expect(seen.asked).toEqual([0, 1, 2]);
});
