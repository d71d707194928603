import { AicoError, type KeyRotating } from '@aico/schemas';
import { expect, test } from 'vitest';
import type { CommandBus } from '../../src/cli/bus-session.ts';
import { rotateEach } from '../../src/cli/commands/vault-rotate.ts';

/** A bus on which the database of the chat never answers, that of the diary is damaged, and all others get their keys. */
function busWithSilence() {
  const stream = (topic: string, { plugin }: { plugin: string }, { timeoutMs }: { timeoutMs: number }) => {
    const result = (async () => {
      if (plugin === 'diary')
        throw new AicoError('STORAGE_DAMAGED', { subject: plugin, details: { problem: 'a page' } });
      if (plugin !== 'chat') return { plugin, generation: 2, bytes: 4096 };
      await new Promise((resolve) => setTimeout(resolve, timeoutMs));
      throw new AicoError('KERNEL_REQUEST_TIMEOUT', { subject: topic, details: { timeoutMs } });
    })();
    result.catch(() => undefined);
    return {
      result,
      async *[Symbol.asyncIterator](): AsyncGenerator<KeyRotating> {
        yield { phase: 'waiting', done: 0, total: 0 };
        await result;
      },
    };
  };
  return { stream } as unknown as Pick<CommandBus, 'stream'>;
}

test('a database that does not answer is given up after a time and named, one that fails is named, and the others get their keys [SEC-2]', async () => {
  const told: string[] = [];
  const { rotated, failed } = await rotateEach(
    busWithSilence(),
    ['chat', 'diary', 'journal'],
    (of, progress) => told.push(`${of} ${progress?.phase ?? 'over'}`),
    20,
  );
  expect(rotated).toEqual([{ plugin: 'journal', generation: 2, bytes: 4096 }]);
  expect(failed.map(({ plugin, error }) => [plugin, error.code])).toEqual([
    ['chat', 'KERNEL_REQUEST_TIMEOUT'],
    ['diary', 'STORAGE_DAMAGED'],
  ]);
  expect(told).toEqual(
    ['chat (1 of 3)', 'diary (2 of 3)', 'journal (3 of 3)'].flatMap((of) => [`${of} waiting`, `${of} over`]),
  );
});
