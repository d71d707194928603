import { readFileSync } from 'node:fs';
import type { Manifest } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import definition from '../src/index.ts';

const manifest = JSON.parse(readFileSync(new URL('../plugin.json', import.meta.url), 'utf8')) as Manifest;

test('converts for whoever may run its command [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  await kernel.load({ manifest, definition });
  const chat = await kernel.peer({ id: 'chat', permissions: [{ verb: 'request', topic: 'plugin.*.command.run.v1' }] });
  const about = { name: 'unit', conversation: crypto.randomUUID(), time: new Date().toISOString() };
  const { text } = await chat.bus.request('plugin.units.command.run.v1', { ...about, arguments: '1 mi in km' });
  expect(text).toBe('1 mi = **1.60934 km**');
});

test('converts for the language model, and tells it what it does not know [PLG-5]', async () => {
  await using kernel = await createTestKernel();
  await kernel.load({ manifest, definition });
  const chat = await kernel.peer({ id: 'chat', permissions: [{ verb: 'request', topic: 'plugin.*.tool.run.v1' }] });
  const convert = async (input: object): Promise<string> =>
    (await chat.bus.request('plugin.units.tool.run.v1', { name: 'convert_units', input: { ...input } })).text;
  expect(await convert({ value: 1, from: 'mi', to: 'km' })).toBe('1 mi = **1.60934 km**');
  expect(await convert({ value: -40, from: '°F', to: '°C' })).toBe('−40 °F = **−40 °C**');
  expect(await convert({ value: 1e21, from: 'm', to: 'km' })).toContain('1e+18 km');
  expect(await convert({ value: 1, from: 'parrots', to: 'km' })).toContain('“parrots”');
});
