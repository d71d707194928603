/**
 * JSON in its canonical form (RFC 8785, JSON Canonicalization Scheme): members sorted by UTF-16 code units, no blanks,
 * numbers and strings as ECMAScript writes them.
 * @throws TypeError for what is no JSON: undefined, functions, numbers that are not finite, lone surrogates
 */
export function canonical(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value === 'string' && value.isWellFormed()) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`${typeof value} has no canonical form`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${canonical(name)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}
