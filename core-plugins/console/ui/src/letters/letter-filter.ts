import type { DeadLetter } from '@aico/sdk';

/** Whether a letter fits: every word of the query in its receivers, sender, topic or problem. */
export function fitsLetter({ group, sender, topic, problem = '' }: DeadLetter, query: string): boolean {
  const text = [group, sender, topic, problem].join('\n').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** What goes, told before it does: how many of which topic for whom, most first. */
export function sumUp(letters: readonly DeadLetter[]): readonly { topic: string; group: string; count: number }[] {
  const sums = new Map<string, { topic: string; group: string; count: number }>();
  for (const { topic, group } of letters) {
    const key = `${topic} ${group}`;
    sums.set(key, { topic, group, count: (sums.get(key)?.count ?? 0) + 1 });
  }
  return [...sums.values()].sort((one, other) => other.count - one.count);
}
