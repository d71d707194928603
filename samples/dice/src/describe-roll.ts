import type { Roll, RolledTerm } from './roll-dice.ts';

/** A roll in Markdown: the total, then how each die fell. */
export function describeRoll({ terms, total }: Roll): string {
  const [only, ...others] = terms;
  const lone = others.length === 0 && only?.dice.length === 1;
  if (lone) return `🎲 **${total}** (${nameOf(only)})`;
  const parts = terms.map((term, at) => `${signOf(term, at === 0)}${describeTerm(term)}`);
  return `🎲 **${total}** = ${parts.join(' ')}`;
}

function describeTerm(rolled: RolledTerm): string {
  if (rolled.term.kind === 'number') return String(rolled.term.value);
  const dice = rolled.dice.map(({ value, kept }) => (kept ? String(value) : `~~${value}~~`));
  return `${nameOf(rolled)} [${dice.join(', ')}]`;
}

function nameOf({ term }: RolledTerm): string {
  return term.kind === 'dice' ? `${term.count === 1 ? '' : term.count}d${term.sides}` : String(term.value);
}

function signOf({ term }: RolledTerm, first: boolean): string {
  if (first) return term.sign < 0 ? '−' : '';
  return term.sign < 0 ? '− ' : '+ ';
}
