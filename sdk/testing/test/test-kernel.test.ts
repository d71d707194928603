import type { Manifest } from '@aico/schemas';
import { definePlugin, isAicoError } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';

const echo: Manifest = {
  id: 'echo',
  name: 'Echo',
  version: '1.0.0',
  description: 'Answers its command.',
  author: 'Test',
  tier: 'isolated',
  main: 'index.js',
  engines: { aico: '>=0.1.0' },
  permissions: [
    { verb: 'serve', topic: 'plugin.echo.command.run.v1', reason: 'to answer its command' },
    { verb: 'publish', topic: 'vault.state.changed.v1', reason: 'to try an event' },
  ],
};

test('a loaded plugin answers requests of a granted peer and is gone when unloaded [PLG-4]', async () => {
  await using kernel = await createTestKernel();
  const definition = definePlugin({
    activate: async (ctx) => {
      await ctx.bus.serve('plugin.echo.command.run.v1', ({ data }) => ({ text: data.arguments }));
    },
  });
  await kernel.load({ manifest: echo, definition });
  const tester = await kernel.peer({
    id: 'tester',
    permissions: [{ verb: 'request', topic: 'plugin.*.command.run.v1' }],
  });
  const run = () =>
    tester.bus.request('plugin.echo.command.run.v1', {
      name: 'echo',
      arguments: 'hello',
      conversation: '00000000-0000-4000-8000-000000000000',
      time: '2026-01-01T00:00:00.000Z',
    });
  expect(await run()).toEqual({ text: 'hello' });
  await kernel.unload('echo');
  await expect(run()).rejects.toSatisfy((error) => isAicoError(error, 'KERNEL_NO_SERVER'));
});

test('an event reaches its subscriber with the sender stamped by the kernel [BUS-1]', async () => {
  await using kernel = await createTestKernel();
  const ctx = await kernel.load({ manifest: echo, definition: definePlugin({ activate: () => {} }) });
  const tester = await kernel.peer({ id: 'tester', permissions: [{ verb: 'subscribe', topic: 'vault.>' }] });
  const heard = Promise.withResolvers<unknown>();
  await tester.bus.subscribe('vault.state.changed.v1', ({ sender, data }) => heard.resolve({ sender, data }));
  await ctx.bus.publish('vault.state.changed.v1', { state: 'locked' });
  expect(await heard.promise).toEqual({ sender: 'echo', data: { state: 'locked' } });
});

test('what is not granted is denied, and the plugin learns which rule it broke [SEC-4]', async () => {
  await using kernel = await createTestKernel();
  const ctx = await kernel.load({ manifest: echo, definition: definePlugin({ activate: () => {} }) });
  await expect(ctx.bus.request('storage.kv.get.v1', { key: 'a' })).rejects.toMatchObject({
    code: 'KERNEL_PERMISSION_DENIED',
    details: { verb: 'request', topic: 'storage.kv.get.v1' },
  });
  expect(kernel.violations).toHaveLength(1);
});
