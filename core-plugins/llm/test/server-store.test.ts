import type { Secrets, Storage } from '@aico/sdk';
import { expect, test } from 'vitest';
import { createServerStore } from '../src/server-store.ts';

/** A vault of one plugin that counts what its audit would note. */
function countingVault() {
  const kept = new Map<string, string>();
  const state = { reads: [] as string[], isLocked: false };
  const secrets: Secrets = {
    get: async (name) => {
      state.reads.push(name);
      if (state.isLocked) throw new Error('locked');
      return kept.get(name);
    },
    set: async (name, value) => void kept.set(name, value),
    delete: async (name) => void kept.delete(name),
  };
  return { state, store: createServerStore({} as Storage, secrets) };
}

test('a key is read once however often its server is asked, and once more after it changed, so that the audit tells each use and no more [SEC-9]', async () => {
  const { state, store } = countingVault();
  await store.keepApiKey('mine', 'first');
  expect(await Promise.all([store.apiKey('mine'), store.apiKey('mine')])).toEqual(['first', 'first']);
  expect([await store.apiKey('mine'), await store.apiKey('keyless'), await store.apiKey('keyless')]).toEqual([
    'first',
    undefined,
    undefined,
  ]);
  expect(state.reads).toEqual(['api-key.mine', 'api-key.keyless']);
  await store.keepApiKey('mine', 'second');
  expect([await store.apiKey('mine'), await store.apiKey('mine')]).toEqual(['second', 'second']);
  await store.keepApiKey('mine', undefined);
  expect(await store.apiKey('mine')).toBeUndefined();
  expect(state.reads).toEqual(['api-key.mine', 'api-key.keyless', 'api-key.mine', 'api-key.mine']);
});

test('a key that could not be read is asked for again [SEC-3]', async () => {
  const { state, store } = countingVault();
  await store.keepApiKey('mine', 'first');
  state.isLocked = true;
  await expect(store.apiKey('mine')).rejects.toThrow('locked');
  state.isLocked = false;
  expect(await store.apiKey('mine')).toBe('first');
});
