import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerRoll } from '../src/answer.ts';
import { parseDice } from '../src/dice-notation.ts';
import { rollDice } from '../src/roll-dice.ts';
import { secureRandom, uniformInteger } from '../src/uniform-integer.ts';

/** Draws that come in turn, as if by chance. */
const drawing =
  (...draws: number[]) =>
  () =>
    draws.shift() ?? 0;

describe('rolling', () => {
  test('adds what fell and what was added', () => {
    expect(answerRoll('2d6+1', drawing(2, 4))).toBe('🎲 **9** = 2d6 [3, 5] + 1');
  });

  test('shows dice that do not count as struck out', () => {
    expect(answerRoll('4d6kh3', drawing(0, 5, 2, 3))).toBe('🎲 **13** = 4d6 [~~1~~, 6, 3, 4]');
  });

  test('keeps one of two equal dice', () => {
    expect(answerRoll('2d20kl1-3', drawing(6, 6))).toBe('🎲 **4** = 2d20 [7, ~~7~~] − 3');
  });

  test('says little about a single die', () => {
    expect(answerRoll('d20', drawing(16))).toBe('🎲 **17** (d20)');
  });

  test('tells how to roll when it cannot read what was typed', () => {
    expect(answerRoll('two dice', drawing())).toMatch(/^I cannot read “twodice”\. For instance `\/roll d20`/);
  });

  test('stays within the bounds of its dice, whatever is rolled', () => {
    const side = fc.integer({ min: 2, max: 1000 });
    const count = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(count, side, fc.integer({ min: 0, max: 50 }), (number, sides, added) => {
        const { total, terms } = rollDice(parseDice(`${number}d${sides}+${added}`), secureRandom);
        expect(terms[0]?.dice).toHaveLength(number);
        expect(total).toBeGreaterThanOrEqual(number + added);
        expect(total).toBeLessThanOrEqual(number * sides + added);
      }),
    );
  });
});

describe('chance', () => {
  test('throws away the draws that would favour low numbers', () => {
    // 2^32 is one more than a multiple of 3: its last number would be a second 1.
    expect(uniformInteger(3, drawing(2 ** 32 - 1, 1))).toBe(2);
  });

  test('gives every side of a die its share', () => {
    const rounds = 60_000;
    const counts = new Map<number, number>();
    for (let round = 0; round < rounds; round += 1) {
      const value = uniformInteger(6, secureRandom);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const expected = rounds / 6;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 5 degrees of freedom: 30.9 is passed by chance once in a hundred thousand runs.
    expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(chiSquare).toBeLessThan(30.9);
  });
});
