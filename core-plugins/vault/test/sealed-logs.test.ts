import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definePlugin, type Manifest } from '@aico/sdk';
import { TextSealer } from '@aico/sdk/sealing';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import { serveVault } from '../src/serve-vault.ts';
import { codeOf, PASSWORD, smallVault, temporaryFolder } from './small-vault.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../plugin.json'), 'utf8')) as Manifest;
const TOPICS = ['setup.run', 'lock.run', 'unlock.run', 'password.change', 'log.key', 'log.open'];

test('anybody seals logs by its public key, and only the open vault reads them, also after a new password, and that is on record [SEC-1, SEC-8]', async () => {
  const folder = temporaryFolder();
  await using kernel = await createTestKernel();
  const cli = await kernel.peer({
    id: 'cli',
    permissions: [...TOPICS.map((name) => `vault.${name}.v1`), 'kernel.trail.read.v1'].map((topic) => ({
      verb: 'request' as const,
      topic,
    })),
  });
  const definition = definePlugin({ activate: (ctx) => serveVault(ctx, smallVault(folder)) });
  await kernel.load({ manifest, definition, dataFolder: folder });
  const learn = async () => (await cli.bus.request('vault.log.key.v1', {})).publicKey;
  expect(await codeOf(learn)).toBe('VAULT_LOCKED');
  await cli.bus.request('vault.setup.run.v1', { password: PASSWORD });
  const publicKey = await learn();

  const sealed = new TextSealer(Buffer.from(publicKey, 'base64')).seal('dear diary');
  const foreign = new TextSealer(Buffer.alloc(32, 9)).seal('dear diary');
  const open = () => cli.bus.request('vault.log.open.v1', { sealed: [foreign, sealed, `${sealed.slice(0, -4)}AAAA`] });
  expect(await open()).toEqual({ opened: [null, 'dear diary', null] });
  // Whoever follows a log asks again with each line: that is one reading.
  expect(await open()).toEqual({ opened: [null, 'dear diary', null] });
  await cli.bus.request('vault.lock.run.v1', {});
  expect(await codeOf(open)).toBe('VAULT_LOCKED');
  await cli.bus.request('vault.unlock.run.v1', { password: PASSWORD });
  await cli.bus.request('vault.password.change.v1', { current: PASSWORD, next: 'another good one' });
  expect(await learn()).toBe(publicKey);
  expect(await open()).toEqual({ opened: [null, 'dear diary', null] });
  const { entries } = await cli.bus.request('kernel.trail.read.v1', {});
  expect(entries.filter(({ kind }) => kind === 'log.read')).toMatchObject([{ by: 'cli' }, { by: 'cli' }]);
});
