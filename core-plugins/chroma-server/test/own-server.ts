import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '@aico/sdk';
import type { TestKernel } from '@aico/sdk-testing';
import vaultFolder from '../../vault-folder/src/index.ts';
import chromaServer from '../src/index.ts';

export const manifestOf = (plugin: string): Manifest =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../..', plugin, 'plugin.json'), 'utf8'));

/** The encrypted folder below a folder, and Chroma in it from where it is installed. */
export async function loadOwnServer(kernel: TestKernel, folder: string, configuration: object): Promise<void> {
  await kernel.load({
    manifest: manifestOf('vault-folder'),
    definition: vaultFolder,
    dataFolder: join(folder, 'vault-folder'),
  });
  await loadChromaServer(kernel, configuration);
}

export async function serveKeys(kernel: TestKernel): Promise<void> {
  const vault = await kernel.peer({ id: 'keys', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  const key = randomBytes(32).toString('hex');
  await vault.bus.serve('vault.key.derive.v1', () => ({ key }));
}

export async function loadChromaServer(kernel: TestKernel, configuration: object): Promise<void> {
  const manifest = manifestOf('chroma-server');
  await kernel.load({ manifest, definition: chromaServer, configuration: { memoryMb: 2048, ...configuration } });
}
