import type { PluginInfo } from '@aico/sdk';
import { describe, expect, test } from 'vitest';
import { isEveryPluginWell } from '../src/readiness.ts';
import { Browser } from './support/browser.ts';
import { openHouse } from './support/house.ts';

describe('the health of the product', () => {
  test('is told to anyone: alive, and ready by what the kernel says [SVC-4]', async () => {
    await using house = await openHouse();
    const browser = new Browser(house);
    expect(await browser.ask('GET', '/api/v1/health')).toMatchObject({
      status: 200,
      body: { status: 'ok', uptimeMs: expect.any(Number) },
    });
    const ready = await browser.ask('GET', '/api/v1/ready');
    expect([ready.status, ready.body]).toEqual([200, { ready: true, plugins: { gateway: 'active' } }]);
  });

  test('is 503 with the states while a plugin that should run does not [SVC-4]', async () => {
    await using house = await openHouse();
    await expect(
      house.kernel.load({
        manifest: {
          id: 'broken',
          name: 'Broken',
          version: '1.0.0',
          description: 'Fails to start.',
          author: 'A test',
          tier: 'isolated',
          main: 'index.js',
          engines: { aico: '^0.1.0' },
          permissions: [],
        },
        definition: {
          activate: () => {
            throw new Error('no');
          },
        },
      }),
    ).rejects.toThrow();
    const ready = await new Browser(house).ask('GET', '/api/v1/ready');
    expect([ready.status, ready.body]).toEqual([
      503,
      { ready: false, plugins: { gateway: 'active', broken: expect.stringMatching(/backoff|crashed|starting/) } },
    ]);
  });
});

describe('a plugin that should run', () => {
  const plugin = (id: string, state: PluginInfo['state'], waitingFor?: string[], enabled = true): PluginInfo =>
    ({ id, state, enabled, ...(waitingFor && { waitingFor }) }) as PluginInfo;

  test('is well when it is active, or waits for a condition, or for a plugin that is well', () => {
    expect(
      isEveryPluginWell([
        plugin('vault', 'active'),
        plugin('memory', 'pending', ['vault.unlocked']),
        plugin('chat', 'pending', ['memory', 'vault.unlocked']),
        plugin('dice', 'stopped', undefined, false),
      ]),
    ).toBe(true);
  });

  test('is not well when it failed, waits for nothing that will come, or for itself', () => {
    expect(isEveryPluginWell([plugin('chat', 'quarantined')])).toBe(false);
    expect(isEveryPluginWell([plugin('chat', 'pending')])).toBe(false);
    expect(isEveryPluginWell([plugin('chat', 'pending', ['memory'])])).toBe(false);
    expect(isEveryPluginWell([plugin('a', 'pending', ['b']), plugin('b', 'pending', ['a'])])).toBe(false);
  });
});
