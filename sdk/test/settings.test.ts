import { createTestKernel } from '@aico/sdk-testing';
import { expect, test, vi } from 'vitest';
import { manifestOf } from './support/run-example.ts';

test('who listens to the settings and fails is told in its log, and misses neither the next words nor its life [PLG-4]', async () => {
  await using kernel = await createTestKernel();
  const user = await kernel.peer({ id: 'user', permissions: [{ verb: 'request', topic: 'kernel.config.set.v1' }] });
  const seen: unknown[] = [];
  const settings = { loud: { type: 'boolean' } };
  await kernel.load({
    manifest: manifestOf({ permissions: [], configuration: { type: 'object', properties: settings } }),
    definition: {
      activate: ({ config }) => {
        config.onChange(() => {
          throw new Error('at once');
        });
        config.onChange(() => Promise.reject(new Error('later')));
        config.onChange(({ loud }) => void seen.push(loud));
      },
    },
    configuration: { loud: false },
  });
  for (const loud of [true, false]) await user.bus.request('kernel.config.set.v1', { id: 'example', values: { loud } });
  await vi.waitFor(() => expect(seen).toEqual([true, false]));
  const failures = kernel.logs.filter(({ level }) => level === 'error');
  expect(failures.map(({ message, fields }) => `${message}: ${fields?.['problem']}`).sort()).toEqual([
    'handler of the settings failed: Error: at once',
    'handler of the settings failed: Error: at once',
    'handler of the settings failed: Error: later',
    'handler of the settings failed: Error: later',
  ]);
});
