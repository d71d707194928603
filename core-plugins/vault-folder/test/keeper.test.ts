import { AicoError } from '@aico/sdk';
import { expect, test } from 'vitest';
import { FolderKeeper } from '../src/keeper.ts';
import type { Mounted } from '../src/mount-folder.ts';

const failed = (code: 'VAULT_FOLDER_UNAVAILABLE' | 'VAULT_LOCKED') =>
  new AicoError(code, { subject: 'vault-folder', details: { problem: 'no FUSE' } });

function keeper() {
  const told: string[] = [];
  const state = { now: 0, waits: [] as number[], failure: undefined as AicoError | undefined };
  const due: (() => void | Promise<void>)[] = [];
  const opened: PromiseWithResolvers<string>[] = [];
  const mount = async (): Promise<Mounted> => {
    if (state.failure !== undefined) throw state.failure;
    const lost = Promise.withResolvers<string>();
    opened.push(lost);
    const unmount = async (): Promise<void> => void told.push('unmounted');
    return { path: '/open', lost: lost.promise, answers: async () => true, unmount };
  };
  const made = new FolderKeeper({
    mount,
    tell: async (isOpen) => void told.push(isOpen ? 'open' : 'closed'),
    now: () => state.now,
    setTimer: (milliseconds, handler) => {
      state.waits.push(milliseconds);
      due.push(handler);
      return async () => {};
    },
    log: { info: () => {}, warn: () => {}, error: () => void told.push('error') },
  });
  const settle = () => new Promise(setImmediate);
  const fall = async (): Promise<void> => {
    opened.at(-1)?.resolve('gocryptfs was ended by SIGKILL');
    await settle();
  };
  return { made, told, state, due, fall };
}

test('who needs the folder goes before the dead mount does, and comes back once it is open again [SEC-1]', async () => {
  const { made, told, fall } = keeper();
  await made.begin();
  await made.announce();
  await fall();
  expect(told).toEqual(['open', 'closed', 'unmounted', 'open']);
  expect((await made.folder()).path).toBe('/open');
});

test('one that falls again and again is opened six times at most, then told; one that stood for a minute begins anew [SEC-1]', async () => {
  const { made, told, state, due, fall } = keeper();
  await made.begin();
  for (let times = 0; times < 3; times += 1) {
    state.now += 60_000;
    await fall();
  }
  expect(state.waits).toEqual([]);
  for (let times = 0; times < 6; times += 1) {
    await fall();
    await due.pop()?.();
  }
  expect(state.waits).toEqual([1, 2, 4, 8, 16].map((seconds) => seconds * 1_000));
  expect([told.at(-1), due]).toEqual(['error', []]);
  await expect(made.folder()).rejects.toMatchObject({
    code: 'VAULT_FOLDER_UNAVAILABLE',
    details: { problem: 'gocryptfs was ended by SIGKILL, 6 times in a row' },
    fix: expect.stringContaining('lock and unlock'),
  });
});

test('it is not opened for a vault that was locked meanwhile, nor once it is closed [SEC-1]', async () => {
  const { made, state, due, fall } = keeper();
  await made.begin();
  state.failure = failed('VAULT_FOLDER_UNAVAILABLE');
  await fall();
  expect(state.waits).toEqual([1_000]);
  state.failure = failed('VAULT_LOCKED');
  await due.pop()?.();
  expect([state.waits, due]).toEqual([[1_000], []]);
  await expect(made.folder()).rejects.toMatchObject({ code: 'VAULT_LOCKED' });

  const other = keeper();
  await other.made.begin();
  await other.made.close();
  await other.fall();
  expect(other.told).toEqual(['unmounted']);
});
