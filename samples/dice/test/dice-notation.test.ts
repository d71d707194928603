import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DiceNotationError, parseDice } from '../src/dice-notation.ts';

const dice = (count: number, sides: number, keep?: { which: 'highest' | 'lowest'; count: number }) => ({
  kind: 'dice',
  sign: 1,
  count,
  sides,
  keep,
});

describe('dice notation', () => {
  test.each([
    ['2d6+1', [dice(2, 6), { kind: 'number', sign: 1, value: 1 }]],
    ['d20', [dice(1, 20)]],
    ['D%', [dice(1, 100)]],
    ['4d6kh3', [dice(4, 6, { which: 'highest', count: 3 })]],
    ['2d20k', [dice(2, 20, { which: 'highest', count: 1 })]],
    ['2d20kl1', [dice(2, 20, { which: 'lowest', count: 1 })]],
    ['4d6dl1', [dice(4, 6, { which: 'highest', count: 3 })]],
    ['4d6dh1', [dice(4, 6, { which: 'lowest', count: 3 })]],
    [' 1 d 6  -  2 ', [dice(1, 6), { kind: 'number', sign: -1, value: 2 }]],
  ])('reads %s', (text, terms) => {
    expect(parseDice(text)).toEqual(terms);
  });

  test.each([
    ['', 'Tell me what to roll.'],
    ['5', 'There is no die in that.'],
    ['2x6', 'I cannot read “2x6”.'],
    ['2d6+', 'I cannot read “+”.'],
    ['d1', 'The number of sides must be from 2 to 1000000, not 1.'],
    ['0d6', 'The number of dice must be from 1 to 100, not 0.'],
    ['101d6', 'The number of dice must be from 1 to 100, not 101.'],
    ['60d6+60d6', 'I have 100 dice, and that would take 120.'],
    ['4d6kh5', 'What is kept must be from 1 to 4, not 5.'],
    ['1d6dl1', 'What is dropped must be 0 at most, not 1.'],
    ['d99999999999999999999', 'The number of sides must be from 2 to 1000000, not 99999999999999999999.'],
    [Array(21).fill('d6').join('+'), 'That is more than 20 parts.'],
  ])('says what is wrong with "%s"', (text, message) => {
    expect(() => parseDice(text)).toThrow(new DiceNotationError(message));
  });

  test('answers any text by terms or by its own error, never by another', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789dklh%+- x'), maxLength: 30 }), (text) => {
        try {
          expect(parseDice(text).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(DiceNotationError);
        }
      }),
    );
  });
});
