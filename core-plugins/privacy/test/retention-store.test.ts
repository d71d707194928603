import { setImmediate } from 'node:timers/promises';
import type { Storage } from '@aico/sdk';
import { expect, test } from 'vitest';
import { RetentionStore } from '../src/retention-store.ts';

const KEPT = { policy: { conversations: 30, memories: 0 }, clock: { believed: 1 } };

/** A disk that takes its time. */
function createStore() {
  const disk = { kept: KEPT as unknown, isFull: false };
  const storage = {
    get: async () => {
      const { kept } = disk;
      await setImmediate();
      return kept;
    },
    set: async (_: string, kept: unknown) => {
      await setImmediate();
      if (disk.isFull) throw new Error('full');
      disk.kept = kept;
    },
  } as unknown as Pick<Storage, 'get' | 'set'>;
  return { disk, store: new RetentionStore(storage, () => 1) };
}

test('what is changed at once is all kept, and whoever looks meanwhile brings nothing older back [DATA-7]', async () => {
  const { disk, store } = createStore();
  const held = { since: 2, last: 3 };
  await Promise.all([store.put({ ranAt: 5 }), store.get(), store.put({ held }), store.get()]);
  expect([await store.get(), disk.kept]).toEqual([
    { ...KEPT, ranAt: 5, held },
    { ...KEPT, ranAt: 5, held },
  ]);
});

test('what could not be written down does not hold, and what comes after it is written [DATA-7]', async () => {
  const { disk, store } = createStore();
  disk.isFull = true;
  await expect(store.put({ ranAt: 5 })).rejects.toThrow('full');
  disk.isFull = false;
  expect(await store.put({ held: undefined })).toEqual({ ...KEPT, held: undefined });
});
