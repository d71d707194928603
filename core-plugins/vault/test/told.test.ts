import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definePlugin, type Manifest } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import { serveVault } from '../src/serve-vault.ts';
import { PASSWORD, smallVault, temporaryFolder } from './small-vault.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../plugin.json'), 'utf8')) as Manifest;
/** It closes only with the vault, and takes its time. */
const SLOW: Manifest = {
  id: 'slow',
  name: 'Slow',
  version: '1.0.0',
  description: 'Takes its time to close.',
  author: 'Test',
  license: 'MIT',
  tier: 'trusted',
  main: 'index.js',
  engines: { aico: '^0.1.0' },
  needs: ['vault.unlocked'],
  permissions: [],
};

test('a vault that was opened again while plugins still closed is not told to be locked [SEC-3]', async () => {
  await using kernel = await createTestKernel();
  const folder = temporaryFolder();
  const vault = smallVault(folder);
  const user = await kernel.peer({
    id: 'user',
    permissions: [
      ...['setup', 'lock', 'unlock'].map((verb) => ({ verb: 'request' as const, topic: `vault.${verb}.run.v1` })),
      { verb: 'subscribe', topic: 'vault.state.changed.v1' },
    ],
  });
  const told: string[] = [];
  await user.bus.subscribe('vault.state.changed.v1', ({ data }) => void told.push(data.state));
  const definition = definePlugin({ activate: (ctx) => serveVault(ctx, vault) });
  await kernel.load({ manifest, definition, dataFolder: folder });
  await user.bus.request('vault.setup.run.v1', { password: PASSWORD });
  const closing = Promise.withResolvers<void>();
  const mayClose = Promise.withResolvers<void>();
  const slow = definePlugin({
    activate: () => undefined,
    deactivate: () => {
      closing.resolve();
      return mayClose.promise;
    },
  });
  await kernel.load({ manifest: SLOW, definition: slow, keepNeeds: true });

  const locking = user.bus.request('vault.lock.run.v1', {});
  await closing.promise;
  const unlocking = user.bus.request('vault.unlock.run.v1', { password: PASSWORD });
  await expect.poll(() => vault.isOpen).toBe(true);
  mayClose.resolve();
  await Promise.all([locking, unlocking]);
  await user.bus.request('vault.lock.run.v1', {});
  expect(told).toEqual(['empty', 'unlocked', 'unlocked', 'locked']);
});
