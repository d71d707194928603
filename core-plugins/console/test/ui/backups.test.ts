import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../../ui/src/api/api-error.ts';
import type { Bus } from '../../ui/src/api/bus.ts';
import { Backups } from '../../ui/src/backups/backups.svelte.ts';
import { usePlainState } from '../support/plain-state.ts';

usePlainState();
// The page is in sight.
beforeAll(() => void vi.stubGlobal('document', { visibilityState: 'visible' }));
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the page looks again while a backup is worked on elsewhere, until it is done [DATA-6, UI-1]', async () => {
  let running: string | undefined = 'create';
  const asked: string[] = [];
  const request = async (topic: string): Promise<unknown> => {
    asked.push(topic);
    return topic === 'backup.status.get.v1' ? { running } : { backups: [], unreadable: [] };
  };
  const backups = new Backups({ request } as unknown as Bus);
  const stop = backups.begin();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(backups.status?.running).toBe('create');
  running = undefined;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(backups.status?.running).toBeUndefined();

  const until = asked.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length).toBe(until);
  stop();
});

test('the page leaves what it does itself to tell how far it is [DATA-6, UI-1]', async () => {
  const asked: string[] = [];
  const ended = Promise.withResolvers<unknown>();
  const bus = {
    request: async (topic: string) => {
      asked.push(topic);
      return { running: 'create' };
    },
    stream: () => ({ result: ended.promise, cancel: () => ended.reject(new Error('stopped')) }),
  };
  const backups = new Backups(bus as unknown as Bus);
  const stop = backups.begin();
  await vi.advanceTimersByTimeAsync(0);
  const creating = backups.create();
  const until = asked.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length).toBe(until);
  stop();
  expect(await creating).toBe(false);
});

test('what is too old is removed when asked, with what came of it, until something else is done [DATA-6, UI-1]', async () => {
  const pruned = { removed: ['a', 'b'], kept: 3, freedBytes: 1000 };
  let answer: () => unknown = () => pruned;
  const request = async (topic: string): Promise<unknown> => {
    if (topic === 'backup.prune.v1') return answer();
    return topic === 'backup.status.get.v1' ? {} : { backups: [], unreadable: [] };
  };
  const bus = { request, stream: () => ({ result: Promise.resolve({}), cancel: () => {} }) };
  const backups = new Backups(bus as unknown as Bus);
  const pruning = backups.prune();
  expect(backups.pruning).toBe(true);
  await pruning;
  expect([backups.pruning, backups.pruned, backups.failed]).toEqual([false, pruned, undefined]);

  answer = () => Promise.reject(new ApiError({ code: 'BACKUP_BUSY', message: 'A backup is being worked on.' }));
  await backups.prune();
  expect([backups.pruned, backups.failed?.code]).toEqual([undefined, 'BACKUP_BUSY']);
  await backups.create();
  expect(backups.failed).toBeUndefined();

  // It goes on; the status tells it.
  answer = () => Promise.reject(new ApiError({ code: 'KERNEL_REQUEST_TIMEOUT', message: 'Nobody answered in time.' }));
  await backups.prune();
  expect([backups.pruning, backups.failed]).toEqual([false, undefined]);
});
