import type { DeadLetter } from '@aico/sdk';
import { expect, test } from 'vitest';
import { ApiError, daemonAway } from '../../ui/src/api/api-error.ts';
import type { Bus } from '../../ui/src/api/bus.ts';
import { fitsLetter, sumUp } from '../../ui/src/letters/letter-filter.ts';
import { usePlainState } from '../support/plain-state.ts';

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

usePlainState();

test('why something could not be done with a letter stays until it is dismissed or the next is done, however often it is looked [BUS-6, UI-2]', async () => {
  const { Letters } = await import('../../ui/src/letters/letters.svelte.ts');
  const one = letter('memory/main', 'chat.message.created.v1');
  const failing = new Map([
    ['journal.dead.replay.v1', new ApiError({ code: 'JOURNAL_LETTER_UNKNOWN', message: 'Gone.' })],
  ]);
  const request = async (topic: string): Promise<unknown> => {
    const error = failing.get(topic);
    if (error) throw error;
    return { letters: [one], total: 1 };
  };
  const letters = new Letters({ request } as unknown as Bus);
  expect(await letters.replay([one])).toBe(false);
  await letters.load();
  expect([letters.failed?.code, letters.error]).toEqual(['JOURNAL_LETTER_UNKNOWN', undefined]);
  letters.dismiss();
  expect(letters.failed).toBeUndefined();
  await letters.replay([one]);
  expect(await letters.discard([one])).toBe(true);
  expect(letters.failed).toBeUndefined();
  failing.set('journal.dead.list.v1', daemonAway());
  await letters.load();
  expect([letters.failed, letters.error?.code]).toEqual([undefined, 'CONSOLE_DAEMON_AWAY']);
});
