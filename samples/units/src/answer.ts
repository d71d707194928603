import { convert, findUnit, UNITS } from './units.ts';

export const EXAMPLES = 'For instance `5 km in miles`, `72 °F to °C` or `1.5 cups in ml`.';
const DIGITS = 6;

/** Answers "5 km in miles", Markdown. */
export function answerUnit(typed: string): string {
  const text = typed.trim().replace(/\s+/g, ' ');
  const [, number = '', from = '', to = ''] =
    /^([-−+]?[\d.,]+(?:e[-+]?\d+)?)\s*(.+?)\s+(?:in|to|as|=)\s+(.+?)\??$/i.exec(text) ?? [];
  if (to === '') return `I cannot read that. ${EXAMPLES}`;
  const value = numberOf(number);
  if (value === undefined) return `“${number}” is no number that I can read.`;
  const [source, target] = [findUnit(from), findUnit(to)];
  if (source === undefined) return unknown(from);
  if (target === undefined) return unknown(to);
  if (source.kind !== target.kind)
    return `${source.name} is ${article(source.kind)}, ${target.name} is ${article(target.kind)}: there is no way from one to the other.`;
  return `${shown(value)} ${source.name} = **${shown(convert(value, source, target))} ${target.name}**`;
}

/** 1,234.5 and 1234.5, and 0,5 where the comma can be nothing else. */
function numberOf(text: string): number | undefined {
  const plain = text.replace('−', '-');
  const dotted =
    /^[-+]?\d+,\d+$/.test(plain) && !/,\d{3}$/.test(plain) ? plain.replace(',', '.') : plain.replaceAll(',', '');
  const value = Number(dotted);
  return dotted === '' || !Number.isFinite(value) ? undefined : value;
}

function shown(value: number): string {
  const rounded = Number(value.toPrecision(DIGITS));
  const isPlain = rounded === 0 || (Math.abs(rounded) >= 1e-4 && Math.abs(rounded) < 1e15);
  const text = isPlain ? rounded.toLocaleString('en', { maximumSignificantDigits: DIGITS }) : rounded.toExponential();
  return text.replace('-', '−');
}

function unknown(name: string): string {
  const kinds = [...new Set(UNITS.map(({ kind }) => kind))].join(', ');
  const plain = name.replace(/[^\p{L}\p{N} /°²³-]/gu, '').slice(0, 30);
  return `I do not know the unit “${plain}”. I know units of ${kinds}.`;
}

function article(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}
