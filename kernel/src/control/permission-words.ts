import type { Permission } from '@aico/schemas';
import { contractsOf } from './contracts-of.ts';

const LISTED = 5;

/** What a permission lets a plugin do, in words that follow its name: "keep an encrypted database of its own". */
export function permissionWords(permission: Pick<Permission, 'verb' | 'topic' | 'constraints'>): string {
  const words = new Set<string>();
  for (const { words: phrases, limits } of contractsOf(permission.topic)) {
    const phrase = phrases[permission.verb];
    if (phrase !== undefined) words.add([phrase, ...limitWords(limits, permission.constraints)].join(', '));
  }
  const [first = `${permission.verb} ${permission.topic}`, ...rest] = words;
  const shown = rest.slice(0, 4);
  return [first, ...shown].join('; ').slice(0, 300);
}

/** What the constraints widen or narrow, in the order of the contract: what is cut off last is said last. */
function limitWords(
  limits: Readonly<Record<string, string>> | undefined,
  constraints: Permission['constraints'],
): string[] {
  return Object.entries(limits ?? {}).flatMap(([name, text]) => {
    const value: unknown = constraints?.[name];
    if (value === true) return [text];
    if (!Array.isArray(value) || value.length === 0) return [];
    const more = value.length > LISTED ? ` and ${value.length - LISTED} more` : '';
    return [text.replace('{list}', value.slice(0, LISTED).map(wordOf).join(', ') + more)];
  });
}

/** What its user writes into a setting is named by that setting. */
function wordOf(value: unknown): string {
  const [, setting] = /^\$setting\/(.+)$/.exec(String(value)) ?? [];
  return setting === undefined ? String(value) : `those that you name in its settings, under "${setting}"`;
}
