import { expect, test } from 'vitest';
import { ApiError } from '../../ui/src/api/api-error.ts';
import type { Bus } from '../../ui/src/api/bus.ts';
import { usePlainState } from '../support/plain-state.ts';

usePlainState();

test('under a question that was stopped the answer to another does not stay [DATA-4, UI-1]', async () => {
  const { Questions } = await import('../../ui/src/questions/questions.svelte.ts');
  const stopped = new ApiError({ code: 'KERNEL_CANCELLED', message: 'It was cancelled.' });
  const results: Promise<unknown>[] = [Promise.resolve({ rows: [['1']] }), Promise.reject(stopped)];
  const stream = () => ({ result: results.shift(), cancel: () => {} });
  const questions = new Questions({ stream } as unknown as Bus);
  await questions.ask('select 1');
  expect([questions.answer, questions.stopped]).toEqual([{ rows: [['1']] }, false]);
  await questions.ask('select 2');
  expect([questions.answer, questions.problem, questions.stopped]).toEqual([undefined, undefined, true]);
});
