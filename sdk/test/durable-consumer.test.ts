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
