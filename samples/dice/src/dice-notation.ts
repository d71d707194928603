/** One part of a roll: dice of one kind, or a number to add. */
export type Term =
  | {
      readonly kind: 'dice';
      readonly sign: 1 | -1;
      readonly count: number;
      readonly sides: number;
      readonly keep: Keep | undefined;
    }
  | { readonly kind: 'number'; readonly sign: 1 | -1; readonly value: number };

/** Which of the dice count. */
export interface Keep {
  readonly which: 'highest' | 'lowest';
  readonly count: number;
}

export const MAX_DICE = 100;
export const MAX_SIDES = 1_000_000;
const MAX_NUMBER = 1_000_000;
const MAX_TERMS = 20;

/** What is wrong with a roll, in words for whoever typed it. */
export class DiceNotationError extends Error {}

const TERM = /^(?<count>\d*)d(?<sides>\d+|%)(?:(?<pick>kh|kl|k|dh|dl)(?<picked>\d*))?$|^(?<number>\d+)$/;

/** Reads dice notation such as `2d6+1`, `d20`, `d%` or `4d6kh3`. @throws DiceNotationError */
export function parseDice(text: string): readonly Term[] {
  const compact = text.toLowerCase().replace(/\s+/g, '').replaceAll('−', '-');
  if (compact === '') throw new DiceNotationError('Tell me what to roll.');
  const parts = compact.match(/[+-]?[^+-]*/g)?.filter((part) => part !== '') ?? [];
  if (parts.length > MAX_TERMS) throw new DiceNotationError(`That is more than ${MAX_TERMS} parts.`);
  const terms = parts.map((part) => parseTerm(part));
  const dice = terms.reduce((sum, term) => sum + (term.kind === 'dice' ? term.count : 0), 0);
  if (dice === 0) throw new DiceNotationError('There is no die in that.');
  if (dice > MAX_DICE) throw new DiceNotationError(`I have ${MAX_DICE} dice, and that would take ${dice}.`);
  return terms;
}

function parseTerm(part: string): Term {
  const sign = part.startsWith('-') ? -1 : 1;
  const bare = part.replace(/^[+-]/, '');
  const groups = TERM.exec(bare)?.groups;
  if (groups === undefined) throw new DiceNotationError(`I cannot read “${bare.slice(0, 40) || part}”.`);
  if (groups['number'] !== undefined)
    return { kind: 'number', sign, value: within(groups['number'], 0, MAX_NUMBER, 'A number') };
  const count = within(groups['count'] || '1', 1, MAX_DICE, 'The number of dice');
  const sides = groups['sides'] === '%' ? 100 : within(groups['sides'] ?? '', 2, MAX_SIDES, 'The number of sides');
  return { kind: 'dice', sign, count, sides, keep: parseKeep(groups['pick'], groups['picked'] || '1', count) };
}

/** To drop the lowest is to keep the others. */
function parseKeep(pick: string | undefined, picked: string, count: number): Keep | undefined {
  if (pick === undefined) return undefined;
  const drops = pick.startsWith('d');
  const number = within(picked, 1, drops ? count - 1 : count, drops ? 'What is dropped' : 'What is kept');
  if (drops) return { which: pick === 'dl' ? 'highest' : 'lowest', count: count - number };
  return { which: pick === 'kl' ? 'lowest' : 'highest', count: number };
}

function within(digits: string, least: number, most: number, what: string): number {
  const number = Number(digits);
  if (number >= least && number <= most) return number;
  const range = least < most ? `from ${least} to ${most}` : `${most} at most`;
  throw new DiceNotationError(`${what} must be ${range}, not ${digits.slice(0, 20)}.`);
}
