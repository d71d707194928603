import { AicoError, isAicoError } from '@aico/schemas';
import { expect, test } from 'vitest';
import { DurableConsumer } from '../src/internal/durable-consumer.ts';
import { Scope } from '../src/internal/scope.ts';

const TOPIC = 'chat.message.created.v1';

/** Begins a consumer that finds no journal so many times, and its whole time of waiting in a moment. What it complained of. */
async function complaintsAfter(absences: number): Promise<unknown[]> {
  const scope = new Scope('memory');
  const complaints: unknown[] = [];
  const joined = Promise.withResolvers<void>();
  let asked = 0;
  async function* deliver(): AsyncGenerator<unknown> {
    asked += 1;
    if (asked <= absences) throw new AicoError('KERNEL_NO_SERVER', { subject: 'journal.consume.v1' });
    joined.resolve();
    await ended.promise;
    yield* [];
  }
  const ended = Promise.withResolvers<undefined>();
  DurableConsumer.begin({
    ...{ pattern: TOPIC, options: { group: 'main' }, handler: () => {}, scope },
    requests: {
      consume: () => Object.assign(deliver(), { result: ended.promise, cancel: () => ended.resolve(undefined) }),
      settle: async () => ({}),
    },
    timers: {
      after: (_, handler) => {
        const timer = setImmediate(handler);
        return () => clearImmediate(timer);
      },
    },
    onFailure: (_, error) => complaints.push(error),
  });
  await joined.promise;
  await scope.close();
  return complaints;
}

test('a journal that comes a moment later is nothing to complain of; one that stays away is [BUS-6]', async () => {
  expect(await complaintsAfter(3)).toEqual([]);
  const complaints = await complaintsAfter(7);
  expect(complaints.length).toBeGreaterThan(0);
  expect(complaints.every((error) => isAicoError(error, 'KERNEL_NO_SERVER'))).toBe(true);
});

test('what could not be settled is settled later, in pieces that fit into a message, and nothing stays open [BUS-6, SVC-7]', async () => {
  const scope = new Scope('memory');
  const settled: { acknowledged: readonly number[]; returned: readonly { sequence: number }[] }[] = [];
  const ended = Promise.withResolvers<undefined>();
  let refusals = 2;
  async function* deliver(): AsyncGenerator<unknown> {
    for (let sequence = 1; sequence <= 2_500; sequence++)
      yield {
        sequence,
        topic: TOPIC,
        time: 0,
        sender: 'chat',
        incarnation: 'chat-1',
        data: { good: sequence % 2 === 0 },
      };
    await ended.promise;
  }
  DurableConsumer.begin({
    ...{ pattern: TOPIC, options: { group: 'main' }, scope, onFailure: () => {} },
    handler: ({ data }) => {
      if (!(data as { good: boolean }).good) throw new Error('no');
    },
    requests: {
      consume: () => Object.assign(deliver(), { result: ended.promise, cancel: () => ended.resolve(undefined) }),
      settle: async (data) => {
        refusals -= 1;
        if (refusals >= 0) throw new AicoError('KERNEL_SERVER_BUSY', { subject: 'journal.settle.v1' });
        settled.push(data as (typeof settled)[number]);
        return {};
      },
    },
    timers: {
      after: (_, handler) => {
        const timer = setImmediate(handler);
        return () => clearImmediate(timer);
      },
    },
  });
  const sequences = () =>
    settled.flatMap(({ acknowledged, returned }) => [...acknowledged, ...returned.map(({ sequence }) => sequence)]);
  await expect.poll(() => sequences().length).toBe(2_500);
  expect(new Set(sequences()).size).toBe(2_500);
  expect(Math.max(...settled.map(({ returned }) => returned.length))).toBeLessThanOrEqual(100);
  await scope.close();
});

test('what cannot be settled is tried more and more seldom, whatever comes meanwhile, and told once until the reason changes [BUS-6]', async () => {
  const scope = new Scope('memory');
  const [more, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<undefined>()];
  const complaints: unknown[] = [];
  const waits: number[] = [];
  let due: (() => void) | undefined;
  let refusal: 'KERNEL_NO_SERVER' | 'KERNEL_SERVER_BUSY' | undefined = 'KERNEL_NO_SERVER';
  let tries = 0;
  async function* deliver(): AsyncGenerator<unknown> {
    for (let sequence = 1; sequence <= 1_800; sequence++) {
      yield { sequence, topic: TOPIC, time: 0, sender: 'chat', incarnation: 'chat-1', data: {} };
      if (sequence === 1_200) await more.promise;
    }
    await ended.promise;
  }
  DurableConsumer.begin({
    ...{ pattern: TOPIC, options: { group: 'main' }, scope, handler: () => {} },
    onFailure: (_, error) => complaints.push(isAicoError(error) ? error.code : error),
    requests: {
      consume: () => Object.assign(deliver(), { result: ended.promise, cancel: () => ended.resolve(undefined) }),
      settle: async () => {
        tries += 1;
        if (refusal !== undefined) throw new AicoError(refusal, { subject: 'journal.settle.v1' });
        return {};
      },
    },
    timers: {
      after: (milliseconds, handler) => {
        if (milliseconds >= 1_000) waits.push(milliseconds);
        due = handler;
        return () => {
          if (due === handler) due = undefined;
        };
      },
    },
  });
  const pass = async (): Promise<void> => {
    const handler = due;
    due = undefined;
    handler?.();
    await new Promise(setImmediate);
  };
  await new Promise(setImmediate);
  const before = tries;
  for (let each = 0; each < 8; each++) await pass();
  expect(tries).toBe(before + 8);
  const last = waits.slice(-8);
  expect(last).toEqual([...last].sort((one, other) => one - other));
  expect([waits[0], last.at(-2), last.at(-1)]).toEqual([1_000, 60_000, 60_000]);
  refusal = 'KERNEL_SERVER_BUSY';
  await pass();
  expect(complaints).toEqual(['KERNEL_NO_SERVER', 'KERNEL_SERVER_BUSY']);
  refusal = undefined;
  await pass();
  refusal = 'KERNEL_SERVER_BUSY';
  more.resolve();
  await new Promise(setImmediate);
  expect(waits.at(-1)).toBe(1_000);
  expect(complaints.slice(2)).toEqual(['KERNEL_SERVER_BUSY']);
  refusal = undefined;
  await scope.close();
});
