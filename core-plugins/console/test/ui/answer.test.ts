import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Answer } from '../../ui/src/consent/answer.svelte.ts';
import { usePlainState } from '../support/plain-state.ts';

usePlainState();
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a question is not answered by a click that came before it could be seen, and once only by two [PLG-2, UI-1]', async () => {
  const given: boolean[] = [];
  const answer = new Answer(async (allow) => given.push(allow) > 0);
  answer.open();
  await vi.advanceTimersByTimeAsync(400);
  await answer.give(true);
  expect([answer.possible, given]).toEqual([false, []]);
  await vi.advanceTimersByTimeAsync(100);
  await Promise.all([answer.give(true), answer.give(false)]);
  expect([answer.possible, answer.failed, given]).toEqual([false, false, [true]]);
});

test('an answer that failed says so, and is given again [PLG-2, UI-2]', async () => {
  const answer = new Answer(async (allow) => !allow);
  answer.open();
  await vi.advanceTimersByTimeAsync(500);
  await answer.give(true);
  expect([answer.possible, answer.failed]).toEqual([true, true]);
  await answer.give(false);
  expect([answer.possible, answer.failed]).toEqual([false, false]);
});

test('a question that is left before it could be seen stays unanswered [PLG-2]', async () => {
  const answer = new Answer(async () => true);
  answer.open()();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(answer.possible).toBe(false);
});
