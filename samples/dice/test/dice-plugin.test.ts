import { readFileSync } from 'node:fs';
import type { Manifest } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import definition from '../src/index.ts';

const manifest = JSON.parse(readFileSync(new URL('../plugin.json', import.meta.url), 'utf8')) as Manifest;

test('rolls for whoever may run its command [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  await kernel.load({ manifest, definition });
  const chat = await kernel.peer({ id: 'chat', permissions: [{ verb: 'request', topic: 'plugin.*.command.run.v1' }] });
  const { text } = await chat.bus.request('plugin.dice.command.run.v1', {
    name: 'roll',
    arguments: '2d6',
    conversation: crypto.randomUUID(),
    time: new Date().toISOString(),
  });
  expect(text).toMatch(/^🎲 \*\*\d+\*\* = 2d6 \[[1-6], [1-6]\]$/);
});

test('rolls for the language model, and tells it what it cannot read [PLG-5]', async () => {
  await using kernel = await createTestKernel();
  await kernel.load({ manifest, definition });
  const chat = await kernel.peer({ id: 'chat', permissions: [{ verb: 'request', topic: 'plugin.*.tool.run.v1' }] });
  const roll = async (dice: unknown): Promise<string> =>
    (await chat.bus.request('plugin.dice.tool.run.v1', { name: 'roll_dice', input: { dice } })).text;
  expect(await roll('2d6')).toMatch(/^🎲 \*\*\d+\*\* = 2d6 \[[1-6], [1-6]\]$/);
  for (const wrong of ['seven', 'd'.repeat(20_000), null, {}]) expect(await roll(wrong)).not.toContain('🎲');
});
