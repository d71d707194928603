import { describeRoll } from './describe-roll.ts';
import { DiceNotationError, parseDice } from './dice-notation.ts';
import { rollDice } from './roll-dice.ts';
import type { RandomSource } from './uniform-integer.ts';

const EXAMPLES = 'For instance `/roll d20`, `/roll 2d6+1`, `/roll 4d6kh3` (keep the highest three) or `/roll d%`.';

/** What `/roll` answers to what was typed after it, Markdown. */
export function answerRoll(typed: string, random: RandomSource): string {
  try {
    return describeRoll(rollDice(parseDice(typed), random));
  } catch (error) {
    if (error instanceof DiceNotationError) return `${error.message} ${EXAMPLES}`;
    throw error;
  }
}
