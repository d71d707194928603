import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '@aico/sdk';
import { createTestKernel, serveStorage } from '@aico/sdk-testing';
import type { KeyValueStage } from '../../storage/test/key-value-contract.ts';
import { temporaryFolder } from '../../storage/test/temporary-database.ts';
import rocksdb from '../src/index.ts';

const { needs: _, ...manifest } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../plugin.json'), 'utf8'),
) as Manifest;

export interface CacheStage extends KeyValueStage {
  readonly folder: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** From the next start on there is another vault. */
  changeVault(): void;
  /** All bytes and names on the disk. */
  onDisk(): Buffer;
}

/** The cache as a plugin, on a folder of its own. */
export async function openCache(maxMegabytes = 256): Promise<CacheStage> {
  const kernel = await createTestKernel();
  await serveStorage(kernel);
  const vault = await kernel.peer({ id: 'vault', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  let key = randomBytes(32).toString('hex');
  await vault.bus.serve('vault.key.derive.v1', () => ({ key }));
  const folder = temporaryFolder();
  const start = async () => {
    await kernel.load({ manifest, definition: rocksdb, dataFolder: folder, configuration: { maxMegabytes } });
  };
  const stop = () => kernel.unload('rocksdb');
  await start();
  return {
    kernel,
    folder,
    start,
    stop,
    restart: async () => {
      await stop();
      await start();
    },
    changeVault: () => {
      key = randomBytes(32).toString('hex');
    },
    onDisk: () =>
      Buffer.concat(
        readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((each) => [
          Buffer.from(each.name),
          ...(each.isFile() ? [readFileSync(join(each.parentPath, each.name))] : []),
        ]),
      ),
    [Symbol.asyncDispose]: () => kernel.close(),
  };
}
