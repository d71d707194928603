import { expect, test } from 'vitest';
import { ApiError } from '../../ui/src/api/api-error.ts';
import type { Bus } from '../../ui/src/api/bus.ts';
import { RecoveryCode } from '../../ui/src/session/recovery-code.svelte.ts';
import { usePlainState } from '../support/plain-state.ts';

const CODE = '0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV';

usePlainState();

/** A recovery whose answers come when the test says so. */
function recovery(): { state: RecoveryCode; asked: unknown[][]; answers: PromiseWithResolvers<{ code: string }>[] } {
  const asked: unknown[][] = [];
  const answers: PromiseWithResolvers<{ code: string }>[] = [];
  const request = (...question: unknown[]): Promise<unknown> => {
    asked.push(question);
    const answer = Promise.withResolvers<{ code: string }>();
    answers.push(answer);
    return answer.promise;
  };
  return { state: new RecoveryCode({ request: request as Bus['request'] }), asked, answers };
}

test('a code is made with the password and is gone once forgotten [SEC-3]', async () => {
  const { state, asked, answers } = recovery();
  const made = state.make('correct horse');
  expect([state.busy, state.code]).toEqual([true, undefined]);
  answers[0]?.resolve({ code: CODE });
  await made;
  expect(asked).toEqual([['vault.recovery.renew.v1', { password: 'correct horse' }]]);
  expect([state.busy, state.code]).toEqual([false, CODE]);
  state.forget();
  expect(state.code).toBeUndefined();
});

test('a code that comes after it was forgotten is dropped [SEC-3]', async () => {
  const { state, answers } = recovery();
  const made = state.make('correct horse');
  state.forget();
  answers[0]?.resolve({ code: CODE });
  await made;
  expect([state.busy, state.code, state.error]).toEqual([false, undefined, undefined]);
});

test('a code that is being made waits for whoever left the page; one that was seen goes [SEC-3]', async () => {
  const { state, answers } = recovery();
  const made = state.make('correct horse');
  state.leave();
  answers[0]?.resolve({ code: CODE });
  await made;
  expect([state.busy, state.code]).toEqual([false, CODE]);
  state.leave();
  expect(state.code).toBeUndefined();
});

test('a refusal is shown until the next try [UI-2]', async () => {
  const { state, answers } = recovery();
  const refused = state.make('wrong');
  answers[0]?.reject(new ApiError({ code: 'VAULT_PASSWORD_WRONG', message: 'No.', subject: 'vault' }));
  await refused;
  expect([state.busy, state.error?.code]).toEqual([false, 'VAULT_PASSWORD_WRONG']);
  const made = state.make('correct horse');
  expect([state.busy, state.error]).toEqual([true, undefined]);
  answers[1]?.resolve({ code: CODE });
  await made;
  expect([state.busy, state.code]).toEqual([false, CODE]);
});

test('whoever goes on without a code has it taken away, and is told when that did not work [SEC-3]', async () => {
  const asked: unknown[] = [];
  let fails = true;
  const request = async (topic: string): Promise<unknown> => {
    asked.push(topic);
    if (fails) throw new Error('gone');
    return { state: 'unlocked', recovery: false };
  };
  const state = new RecoveryCode({ request: request as Bus['request'] });
  expect(await state.drop()).toBeInstanceOf(ApiError);
  fails = false;
  expect(await state.drop()).toBeUndefined();
  expect([asked, state.code]).toEqual([['vault.recovery.drop.v1', 'vault.recovery.drop.v1'], undefined]);
});

test('a code that is being made is waited for before it is dropped: it would be in force afterwards [SEC-3]', async () => {
  const asked: string[] = [];
  const made = Promise.withResolvers<{ code: string }>();
  const request = async (topic: string): Promise<unknown> => {
    asked.push(topic);
    return topic === 'vault.recovery.renew.v1' ? made.promise : { state: 'unlocked', recovery: false };
  };
  const state = new RecoveryCode({ request: request as Bus['request'] });
  const making = state.make('correct horse');
  const dropped = state.drop();
  await new Promise(setImmediate);
  expect(asked).toEqual(['vault.recovery.renew.v1']);
  made.resolve({ code: CODE });
  expect(await dropped).toBeUndefined();
  await making;
  expect([asked.at(-1), state.code, state.busy]).toEqual(['vault.recovery.drop.v1', undefined, false]);
});
