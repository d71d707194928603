/** What permissions mean in another language, by the words that the contracts have for it. */
export type PermissionPhrases = ReadonlyMap<string, string>;

/** What the kernel says of a list of hosts, as it stands in the words and as it stands among the phrases. */
const LISTED = 'only ';
const LIST_PHRASE = 'only {list}';
const MORE = / and (\d+) more$/;
const MORE_PHRASE = 'and {count} more';
const NAMED = /those that you name in its settings, under "([^"]*)"/g;
const NAMED_PHRASE = 'those that you name in its settings, under "{setting}"';

/** Phrases that are no contract's but the kernel's own. */
export const KERNEL_PHRASES: readonly string[] = [MORE_PHRASE, NAMED_PHRASE];

/** The words of a permission in another language, when all of them are known. Several meanings stand between semicolons. */
export function translatePermission(words: string, phrases: PermissionPhrases): string | undefined {
  const parts = words.split('; ').map((part) => translatePart(part, phrases));
  return parts.includes(undefined) ? undefined : parts.join('; ');
}

/** One meaning: a phrase, which may hold commas itself, and its limits, of which the one with a list comes last. */
function translatePart(part: string, phrases: PermissionPhrases): string | undefined {
  const whole = phrases.get(part);
  if (whole !== undefined) return whole;
  if (part.startsWith(LISTED))
    return phrases.get(LIST_PHRASE)?.replace('{list}', () => translateList(part.slice(LISTED.length), phrases));
  for (let comma = part.lastIndexOf(', '); comma > 0; comma = part.lastIndexOf(', ', comma - 1)) {
    const first = phrases.get(part.slice(0, comma));
    const rest = first && translatePart(part.slice(comma + 2), phrases);
    if (rest) return `${first}, ${rest}`;
  }
  return undefined;
}

function translateList(list: string, phrases: PermissionPhrases): string {
  return list
    .replace(MORE, (all, count: string) => ` ${phrases.get(MORE_PHRASE)?.replace('{count}', count) ?? all.trim()}`)
    .replace(NAMED, (all, setting: string) => phrases.get(NAMED_PHRASE)?.replace('{setting}', () => setting) ?? all);
}
