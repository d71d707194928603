import { contains, type Permission, parsePattern, TOPICS } from '@aico/schemas';

/** What a permission lets a plugin do, in words that follow its name: "keep an encrypted database of its own". */
export function permissionWords(permission: Pick<Permission, 'verb' | 'topic'>): string {
  const asked = parsePattern(permission.topic);
  const words = new Set<string>();
  for (const contract of TOPICS) {
    const described = parsePattern(contract.topic);
    if (!contains(asked, described) && !contains(described, asked)) continue;
    const phrase = contract.words[permission.verb];
    if (phrase !== undefined) words.add(phrase);
  }
  const [first = `${permission.verb} ${permission.topic}`, ...rest] = words;
  if (rest.length === 0) return first;
  const shown = rest.slice(0, 4);
  return [first, ...shown].join('; ').slice(0, 300);
}
