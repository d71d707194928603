import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definePlugin, type Manifest, type PluginContext, type PluginDefinition } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import { serveVault } from '../src/serve-vault.ts';
import type { Vault } from '../src/vault.ts';
import { codeOf, MemoryKeyring, PASSWORD, smallVault, temporaryFolder } from './small-vault.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../plugin.json'), 'utf8')) as Manifest;

function pluginOf(vault: Vault): PluginDefinition {
  return definePlugin({ activate: (ctx) => serveVault(ctx, vault) });
}

/** What of a device is on record, with what each failed by. */
async function recordedOf({ bus }: PluginContext): Promise<(string | undefined)[][]> {
  const { entries } = await bus.request('kernel.trail.read.v1', {});
  return entries
    .filter(({ kind }) => kind.startsWith('device.'))
    .map(({ kind, by, details }) => [kind, by, details?.['failed']]);
}

test('whoever lets a device open the vault, tries to, or ends it is on record, and so is each time that its keyring opens it or does not [SEC-3, SEC-8]', async () => {
  const folder = temporaryFolder();
  const keyring = new MemoryKeyring();
  {
    await using kernel = await createTestKernel();
    const cli = await kernel.peer({
      id: 'cli',
      permissions: [
        ...['vault.setup.run.v1', 'vault.device.remember.v1', 'vault.device.forget.v1', 'kernel.trail.read.v1'].map(
          (topic) => ({ verb: 'request' as const, topic }),
        ),
      ],
    });
    await kernel.load({ manifest, definition: pluginOf(smallVault(folder, { keyring })), dataFolder: folder });
    await cli.bus.request('vault.setup.run.v1', { password: PASSWORD });
    const remember = (password: string) => cli.bus.request('vault.device.remember.v1', { password });
    expect(await codeOf(() => remember('not the password'))).toBe('VAULT_PASSWORD_WRONG');
    await remember(PASSWORD);
    await cli.bus.request('vault.device.forget.v1', {});
    await remember(PASSWORD);
    expect(await recordedOf(cli)).toEqual([
      ['device.remembered', 'cli', 'VAULT_PASSWORD_WRONG'],
      ['device.remembered', 'cli', undefined],
      ['device.forgotten', 'cli', undefined],
      ['device.remembered', 'cli', undefined],
    ]);
  }
  const starts = [
    { keyring, recorded: [['device.used', undefined, undefined]] },
    { keyring: new MemoryKeyring(), recorded: [['device.used', undefined, 'VAULT_KEYRING_UNAVAILABLE']] },
  ];
  for (const { recorded, ...options } of starts) {
    await using kernel = await createTestKernel();
    const reader = await kernel.peer({
      id: 'reader',
      permissions: [{ verb: 'request', topic: 'kernel.trail.read.v1' }],
    });
    await kernel.load({ manifest, definition: pluginOf(smallVault(folder, options)), dataFolder: folder });
    await expect.poll(() => recordedOf(reader)).toEqual(recorded);
  }
});
