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
