import type { Words } from '../i18n/words.svelte.ts';

/** Constraints that AICO's own contracts know. */
const NAMES = [
  'hosts',
  'methods',
  'ports',
  'allowLoopback',
  'allowPrivate',
  'allowHttp',
  'anyHost',
  'anyPort',
  'maxBytes',
  'sinceDays',
  'most',
  'purposes',
  'plugins',
] as const;

/** How far a permission reaches, in plain words: "computers: api.met.no; also without encryption". */
export function scopeWords(scope: unknown, words: Pick<Words, 't'>): string {
  if (typeof scope !== 'object' || scope === null) return String(scope);
  return Object.entries(scope)
    .flatMap(([name, value]) => (value === false ? [] : [limitWords(name, value, words)]))
    .join('; ');
}

function limitWords(name: string, value: unknown, words: Pick<Words, 't'>): string {
  const known = NAMES.find((each) => each === name);
  const title = known === undefined ? name : words.t(`scope.${known}`);
  if (value === true || (Array.isArray(value) && value.join() === 'true')) return title;
  return `${title}: ${Array.isArray(value) ? value.map(textOf).join(', ') : textOf(value)}`;
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
