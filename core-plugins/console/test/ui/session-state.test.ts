import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError, daemonAway } from '../../ui/src/api/api-error.ts';
import type { SessionClient } from '../../ui/src/api/session-client.ts';
import { keepTrying } from '../../ui/src/app/keep-trying.ts';
import { SessionState } from '../../ui/src/session/session-state.svelte.ts';
import { usePlainState } from '../support/plain-state.ts';

usePlainState();
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const OPEN = { authenticated: true, vault: 'unlocked', version: '0.1.0' };
const BROKEN = new ApiError({ code: 'KERNEL_TIMEOUT', message: 'The vault does not answer.' });

test('an error at the first look is told, until AICO is away or answers [UI-2]', async () => {
  const answers: (() => unknown)[] = [];
  const get = async (): Promise<unknown> => answers.shift()?.();
  const session = new SessionState({ get } as unknown as SessionClient, () => {});
  const fail = (error: Error) => (): never => {
    throw error;
  };
  answers.push(fail(BROKEN), fail(daemonAway()), fail(BROKEN), () => OPEN, fail(BROKEN));
  const seen = async (): Promise<unknown[]> => [await session.refresh(), session.error?.code];
  expect(await seen()).toEqual(['away', 'KERNEL_TIMEOUT']);
  expect(await seen()).toEqual(['away', undefined]);
  expect(await seen()).toEqual(['away', 'KERNEL_TIMEOUT']);
  expect((await seen())[0]).toBe('signedIn');
  await expect(session.refresh()).rejects.toBe(BROKEN);
  expect(session.phase).toBe('signedIn');
});

test('tries are further and further apart, and end with the page that made them, also with one under way [UI-2, SEC-5]', async () => {
  let tries = 0;
  let { promise, resolve } = Promise.withResolvers<void>();
  resolve();
  const stop = keepTrying(() => {
    tries += 1;
    return promise;
  });
  await vi.advanceTimersByTimeAsync(5_000);
  const first = tries;
  await vi.advanceTimersByTimeAsync(120_000);
  expect([first >= 2 && first <= 4, tries - first <= 13]).toEqual([true, true]);

  ({ promise, resolve } = Promise.withResolvers<void>());
  const before = tries;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(tries).toBe(before + 1);
  stop();
  resolve();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tries).toBe(before + 1);
});
