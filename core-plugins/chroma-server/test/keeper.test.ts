import { expect, test } from 'vitest';
import { ChromaKeeper } from '../src/keeper.ts';
import type { SealedChroma } from '../src/sealed-chroma.ts';

const ASKED = { method: 'GET', path: '/api/v2/heartbeat' } as const;

function keeper() {
  const state = { now: 0, waits: [] as number[], warnings: [] as unknown[], stops: 0 };
  const due: (() => void | Promise<void>)[] = [];
  const started: { ready: PromiseWithResolvers<void>; ended: PromiseWithResolvers<string> }[] = [];
  const start = (): SealedChroma => {
    const each = { ready: Promise.withResolvers<void>(), ended: Promise.withResolvers<string>() };
    started.push(each);
    return {
      ready: each.ready.promise,
      ended: each.ended.promise,
      ask: async ({ path }) => ({ status: 200, text: path }),
      stop: async () => {
        state.stops += 1;
        each.ended.resolve('stopped');
      },
    };
  };
  const made = new ChromaKeeper({
    start,
    now: () => state.now,
    setTimer: (milliseconds, handler) => {
      state.waits.push(milliseconds);
      due.push(handler);
      return async () => {};
    },
    log: { info: () => {}, warn: (_, fields) => void state.warnings.push(fields?.['problem']) },
  });
  /** It becomes ready, runs for some time and ends; the next one is started. */
  const live = async (forMs: number): Promise<void> => {
    const { ready, ended } = started.at(-1) ?? {};
    ready?.resolve();
    await new Promise(setImmediate);
    state.now += forMs;
    ended?.resolve('it fell');
    await new Promise(setImmediate);
    await due.pop()?.();
  };
  return { made, state, live, started, due };
}

test('what ends is started again after 1, 2, 4 … 60 seconds, and the count begins anew once it ran for a minute [DATA-3]', async () => {
  const { made, state, live } = keeper();
  made.begin();
  for (let times = 0; times < 8; times += 1) await live(1_000);
  expect(state.waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1_000));
  await live(60_000);
  expect(state.waits.at(-1)).toBe(1_000);
});

test('who asks waits for a start, is told why there is none, and nothing is started once it is closed [DATA-3]', async () => {
  const { made, state, started, due } = keeper();
  const failed = () => made.ask('chroma', ASKED).catch((error: unknown) => error);
  expect(await failed()).toMatchObject({ code: 'VECTOR_SERVER_AWAY', subject: 'chroma' });
  made.begin();
  const asked = made.ask('chroma', ASKED);
  started[0]?.ready.resolve();
  expect(await asked).toEqual({ status: 200, text: ASKED.path });
  started[0]?.ended.resolve('it fell');
  await new Promise(setImmediate);
  expect(await failed()).toMatchObject({ details: { problem: 'it fell' } });
  await due.pop()?.();
  await made.close();
  await new Promise(setImmediate);
  expect([state.stops, started.length, due.length]).toEqual([1, 2, 0]);
  made.begin();
  expect(started.length).toBe(2);
});

test('the same problem again and again is told of once [DATA-3]', async () => {
  const told: string[] = [];
  const state = { waits: 0 };
  const made = new ChromaKeeper({
    start: () => {
      throw new Error('its settings name no folder');
    },
    now: () => 0,
    setTimer: (_, handler) => {
      state.waits += 1;
      if (state.waits < 5) void handler();
      return async () => {};
    },
    log: { info: () => {}, warn: (message) => void told.push(message) },
  });
  made.begin();
  expect([told.length, state.waits]).toEqual([1, 5]);
  await made.close();
});
