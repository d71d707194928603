import type { DeadLetter } from '@aico/sdk';
import { expect, test } from 'vitest';
import { fitsLetter, sumUp } from '../../ui/src/letters/letter-filter.ts';

const TIME = '2026-01-01T12:00:00.000Z';
const letter = (group: string, topic: string, problem?: string): DeadLetter => ({
  ...{ sequence: 1, group, topic, time: TIME, diedAt: TIME, sender: 'chat', attempts: 5, bytes: 10 },
  ...(problem !== undefined && { problem }),
});

test('a letter fits when every word is in its receivers, sender, topic or problem', () => {
  const one = letter('memory/main', 'chat.message.created.v1', 'The disk is full');
  expect(['', 'memory', 'CHAT. disk', 'created full'].map((query) => fitsLetter(one, query))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['diary', 'memory diary'].map((query) => fitsLetter(one, query))).toEqual([false, false]);
  expect(fitsLetter(letter('memory/main', 'a.b.v1'), 'undefined')).toBe(false);
});

test('what goes is told by topic and receivers, most first', () => {
  const letters = [letter('a/main', 'x.v1'), letter('b/main', 'x.v1'), letter('b/main', 'x.v1')];
  expect(sumUp(letters)).toEqual([
    { topic: 'x.v1', group: 'b/main', count: 2 },
    { topic: 'x.v1', group: 'a/main', count: 1 },
  ]);
});
