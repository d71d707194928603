import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import storage from '../src/index.ts';
import { testKeyValueContract } from './key-value-contract.ts';
import { temporaryFolder } from './temporary-database.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../plugin.json'), 'utf8')) as Manifest;

testKeyValueContract('storage', async () => {
  const kernel = await createTestKernel();
  const vault = await kernel.peer({ id: 'vault', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  const key = randomBytes(32).toString('hex');
  await vault.bus.serve('vault.key.derive.v1', () => ({ key }));
  const dataFolder = temporaryFolder();
  const load = () => kernel.load({ manifest, definition: storage, dataFolder });
  await load();
  return {
    kernel,
    restart: async () => {
      await kernel.unload('storage');
      await load();
    },
    [Symbol.asyncDispose]: () => kernel.close(),
  };
});
