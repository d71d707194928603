import type { Term } from './dice-notation.ts';
import { type RandomSource, uniformInteger } from './uniform-integer.ts';

export interface Die {
  readonly value: number;
  readonly kept: boolean;
}

/** One term with how its dice fell; a number has none. */
export interface RolledTerm {
  readonly term: Term;
  readonly dice: readonly Die[];
  /** What it adds to the total, its sign included. */
  readonly value: number;
}

export interface Roll {
  readonly terms: readonly RolledTerm[];
  readonly total: number;
}

export function rollDice(terms: readonly Term[], random: RandomSource): Roll {
  const rolled = terms.map((term) => rollTerm(term, random));
  return { terms: rolled, total: rolled.reduce((sum, { value }) => sum + value, 0) };
}

function rollTerm(term: Term, random: RandomSource): RolledTerm {
  if (term.kind === 'number') return { term, dice: [], value: term.sign * term.value };
  const values = Array.from({ length: term.count }, () => uniformInteger(term.sides, random));
  const kept = keptOf(values, term.keep);
  const dice = values.map((value, at) => ({ value, kept: kept.has(at) }));
  const sum = dice.reduce((total, die) => total + (die.kept ? die.value : 0), 0);
  return { term, dice, value: term.sign * sum };
}

/** Places of the dice that count. */
function keptOf(values: readonly number[], keep: Extract<Term, { kind: 'dice' }>['keep']): ReadonlySet<number> {
  const places = [...values.keys()];
  if (keep === undefined) return new Set(places);
  const upwards = places.sort((one, other) => (values[one] ?? 0) - (values[other] ?? 0));
  return new Set(keep.which === 'highest' ? upwards.slice(-keep.count) : upwards.slice(0, keep.count));
}
