import { readFileSync } from 'node:fs';
import type { Manifest } from '@aico/sdk';
import { createTestKernel, type TestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import definition from '../src/index.ts';

const manifest = JSON.parse(readFileSync(new URL('../plugin.json', import.meta.url), 'utf8')) as Manifest;

// What ends a process is tried on the real product, in test/system/samples.test.ts.
async function prepare(kernel: TestKernel) {
  await kernel.load({ manifest, definition, configuration: { failAtStart: false } });
  const { bus } = await kernel.peer({
    id: 'chat',
    permissions: [{ verb: 'request', topic: 'plugin.*.command.run.v1' }],
  });
  return async (typed: string, timeoutMs = 5_000): Promise<string> => {
    const about = { name: 'crash', conversation: crypto.randomUUID(), time: new Date().toISOString() };
    const payload = { ...about, arguments: typed };
    return (await bus.request('plugin.crash-test.command.run.v1', payload, { timeoutMs })).text;
  };
}

test('says what it can do, and fails or hangs when it is told to [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const type = await prepare(kernel);
  expect(await type('')).toContain('- `/crash loop`: computes for ever');
  await expect(type('throw')).rejects.toMatchObject({ code: 'SDK_HANDLER_FAILED' });
  await expect(type('hang', 50)).rejects.toMatchObject({ code: 'KERNEL_REQUEST_TIMEOUT' });
  expect(await type('')).toContain('I misbehave');
});

test('every topic that it reaches for is refused [PLG-2, PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const type = await prepare(kernel);
  const said = await type('reach');
  expect(said.match(/refused, KERNEL_PERMISSION_DENIED/g)).toHaveLength(5);
  expect(said).not.toContain('it answered');
  expect(kernel.violations).toHaveLength(5);
});

test('fails at the start when it is set to [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const started = kernel.load({ manifest, definition, configuration: { failAtStart: true } });
  await expect(started).rejects.toMatchObject({ code: 'KERNEL_PLUGIN_ACTIVATE_FAILED' });
});
