import { expect, test } from 'vitest';
import type { Letter } from '../src/group-state.ts';
import type { Journal } from '../src/journal.ts';
import { listLetters } from '../src/serve-letters.ts';

const letter = (sequence: number, topic = 'chat.message.created.v1'): Letter => {
  return { sequence, topic, time: sequence, diedAt: sequence, sender: 'chat', attempts: 5, bytes: 10 };
};

test('pages of dead letters leave none out, also where several groups gave up the same event', () => {
  const journal = groupsOf({ 'a/main': [1, 2, 3, 5], 'b/main': [2, 3, 5], 'c/main': [3] });
  for (const limit of [1, 2, 3, 4, 5, 200]) {
    const seen: string[] = [];
    for (let before: number | undefined; ; ) {
      const page = listLetters(journal, before === undefined ? { limit } : { limit, before });
      expect(page.total).toBe(8);
      if (page.letters.length === 0) break;
      seen.push(...page.letters.map(({ group, sequence }) => `${group} ${sequence}`));
      before = page.letters.at(-1)?.sequence;
    }
    expect([limit, seen.sort()]).toEqual([
      limit,
      ['a/main 1', 'a/main 2', 'a/main 3', 'a/main 5', 'b/main 2', 'b/main 3', 'b/main 5', 'c/main 3'],
    ]);
  }
});

test('dead letters are found by group and by topic', () => {
  const journal = groupsOf({ 'a/main': [1, 2], 'b/main': [2] });
  expect(listLetters(journal, { group: 'b/main' }).letters.map(({ sequence }) => sequence)).toEqual([2]);
  expect(listLetters(journal, { topic: 'chat.>' }).total).toBe(3);
  expect(listLetters(journal, { topic: 'memory.>' })).toEqual({ letters: [], total: 0 });
});

function groupsOf(groups: Readonly<Record<string, readonly number[]>>): Pick<Journal, 'groups'> {
  const made = Object.entries(groups).map(([name, sequences]) => ({
    name,
    state: { letters: new Map(sequences.map((sequence) => [sequence, letter(sequence)])) },
  }));
  return {
    get groups() {
      return made.values();
    },
  } as unknown as Pick<Journal, 'groups'>;
}
