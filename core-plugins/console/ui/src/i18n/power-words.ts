/** Words for what permissions mean, for a language that the contracts are not written in. */
export interface PowerWords {
  /** From the contracts' own words for a power, such as "contact other computers". */
  readonly powers: ReadonlyMap<string, string>;
  /** What widens or narrows it, such as "only {list}", in the order in which it is told; a list comes last. */
  readonly limits: readonly (readonly [theirs: string, ours: string])[];
  /** A list that was cut, with its {list} and {count}. */
  readonly more: string;
  /** What a setting with {name} holds. */
  readonly setting: string;
}

/** What a permission lets a plugin do in another language: "contact other computers, only api.met.no; lock the vault". */
export function translatePower(text: string, words: PowerWords): string {
  return text
    .split('; ')
    .map((part) => translatePart(part, words))
    .join('; ');
}

/** What nobody has words for, also because it was cut off, stays as it is. */
function translatePart(part: string, words: PowerWords): string {
  let found = '';
  for (const power of words.powers.keys()) {
    const begins = part === power || part.startsWith(`${power}, `);
    if (begins && power.length > found.length) found = power;
  }
  const power = words.powers.get(found);
  return power === undefined ? translateLimit(part, words) : power + translateLimits(part.slice(found.length), words);
}

function translateLimits(rest: string, words: PowerWords): string {
  if (!rest.startsWith(', ')) return rest;
  const text = rest.slice(2);
  const limit = words.limits.find(([theirs]) => text === theirs || text.startsWith(`${theirs}, `));
  if (limit === undefined) return `, ${translateLimit(text, words)}`;
  return `, ${limit[1]}${translateLimits(text.slice(limit[0].length), words)}`;
}

/** One limit alone, as where a user chooses among them. */
function translateLimit(text: string, words: PowerWords): string {
  for (const [theirs, ours] of words.limits) {
    if (text === theirs) return ours;
    const [before = '', after] = theirs.split('{list}');
    if (after === undefined || !text.startsWith(before)) continue;
    return ours.replace('{list}', () => translateList(text.slice(before.length), words));
  }
  return text;
}

function translateList(list: string, words: PowerWords): string {
  const [, shown = list, count] = /^(.*) and (\d+) more$/s.exec(list) ?? [];
  const named = shown.replace(/those that you name in its settings, under "([^"]*)"/g, (_, name: string) =>
    words.setting.replace('{name}', () => name),
  );
  return count === undefined ? named : words.more.replace('{list}', () => named).replace('{count}', count);
}
