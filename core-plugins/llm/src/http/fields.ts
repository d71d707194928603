/** Reads what a server sent, whose shape nobody vouches for. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return undefined;
    return (inner as Record<string | number, unknown>)[key];
  }, value);
}

/** Text at a path; empty when there is none. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** A count at a path, or undefined. */
export function countAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : undefined;
}

/** Names of models: the text under `key` of each item, at most 500 of at most 200 characters. */
export function namesIn(list: unknown, key: string): string[] {
  if (!Array.isArray(list)) return [];
  const names = list.map((item) => textAt(item, key)).filter((name) => name !== '' && name.length <= 200);
  return [...new Set(names)].slice(0, 500);
}
