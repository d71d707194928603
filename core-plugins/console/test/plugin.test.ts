import { readFileSync } from 'node:fs';
import type { Manifest } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import definition from '../src/index.ts';

const manifest = JSON.parse(readFileSync(new URL('../plugin.json', import.meta.url), 'utf8')) as Manifest;

test('serves the app over the bus, and nothing else of its package [UI-1, SEC-4]', async () => {
  await using kernel = await createTestKernel();
  const html = new TextEncoder().encode('<!doctype html>');
  const assets = new Map([
    ['ui/index.html', html],
    ['plugin.json', new TextEncoder().encode('{}')],
  ]);
  await kernel.load({ manifest, definition, assets });
  const gateway = await kernel.peer({
    id: 'gateway',
    permissions: [{ verb: 'request', topic: 'plugin.*.asset.get.v1' }],
  });
  const asset = await gateway.bus.request('plugin.console.asset.get.v1', { path: 'index.html' });
  expect(Buffer.from(asset.body, 'base64').toString()).toBe('<!doctype html>');
  await expect(gateway.bus.request('plugin.console.asset.get.v1', { path: 'plugin.json' })).rejects.toMatchObject({
    code: 'CONSOLE_ASSET_MISSING',
  });
});
