import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import storage from '../../src/index.ts';
import { codeOf, temporaryFolder } from '../temporary-database.ts';
import { noise } from './temporary-blobs.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../plugin.json'), 'utf8')) as Manifest;
const OWN = ['write', 'finish', 'abort', 'read', 'stat', 'list', 'delete'].map((name) => ({
  verb: 'request' as const,
  topic: `blob.${name}.v1`,
}));
const KEYS = ['get', 'set'].map((name) => ({ verb: 'request' as const, topic: `storage.kv.${name}.v1` }));

async function* partsOf(content: Uint8Array, bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += bytes) yield content.subarray(at, at + bytes);
}

test('serves ctx.blobs to each plugin while the vault is open, each its own, and to none while it is locked [DATA-1] [SEC-1]', async () => {
  await using kernel = await createTestKernel();
  const vault = await kernel.peer({
    id: 'vault',
    permissions: [
      { verb: 'serve', topic: 'vault.key.derive.v1' },
      { verb: 'publish', topic: 'vault.state.changed.v1' },
    ],
  });
  let asked = 0;
  await vault.bus.serve('vault.key.derive.v1', ({ data }) => {
    asked += 1;
    return { key: Buffer.from((data.plugin ?? '').padEnd(32, '.')).toString('hex') };
  });
  await kernel.load({ manifest, definition: storage, dataFolder: temporaryFolder() });
  const quota = { bytesPerSecond: 1_000_000_000 };
  const diary = await kernel.peer({ id: 'diary', permissions: OWN, quota });
  const dice = await kernel.peer({ id: 'dice', permissions: OWN });

  const content = noise(1_000_000);
  const { id, size } = await diary.blobs.write(partsOf(content, 77_777));
  expect([size, await diary.blobs.write(content)]).toEqual([1_000_000, { id, size }]);
  const pieces: Uint8Array[] = [];
  for await (const piece of diary.blobs.read(id)) pieces.push(piece);
  expect(Buffer.concat(pieces).equals(content)).toBe(true);
  expect([await dice.blobs.stat(id), await dice.blobs.list()]).toEqual([undefined, { blobs: [] }]);
  const ofDice = async (): Promise<void> => {
    for await (const _ of dice.blobs.read(id)) break;
  };
  expect(await codeOf(ofDice)).toBe('BLOB_UNKNOWN');
  const empty = await diary.blobs.write([]);
  expect(empty.size).toBe(0);
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield content;
    throw new Error('the camera is gone');
  };
  await expect(diary.blobs.write(broken())).rejects.toThrow('the camera is gone');
  expect((await diary.blobs.list()).blobs).toHaveLength(2);

  const before = asked;
  await vault.bus.publish('vault.state.changed.v1', { state: 'locked' });
  await expect.poll(async () => (await diary.blobs.stat(id)) && asked).toBeGreaterThan(before);
  await kernel.unload('storage');
});

test('database and blobs of a plugin share what it may store [PLG-3, DATA-1]', async () => {
  await using kernel = await createTestKernel();
  const vault = await kernel.peer({ id: 'vault', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  await vault.bus.serve('vault.key.derive.v1', () => ({ key: 'ab'.repeat(32) }));
  await kernel.load({ manifest, definition: storage, dataFolder: temporaryFolder() });
  const diary = await kernel.peer({ id: 'diary', permissions: [...OWN, ...KEYS], quota: { storageMb: 3 } });
  const { id } = await diary.blobs.write(noise(2_000_000));
  const text = 'x'.repeat(900_000);
  expect(await codeOf(() => diary.storage.set('one', text + text))).toBe('STORAGE_QUOTA_EXCEEDED');
  expect(await codeOf(() => diary.blobs.write(noise(1_500_000)))).toBe('STORAGE_QUOTA_EXCEEDED');
  await diary.blobs.delete(id);
  await diary.storage.set('one', text + text);
  await kernel.unload('storage');
});
