import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '@aico/sdk';
import { createTestKernel, type TestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import storage from '../src/index.ts';
import { codeOf, temporaryFolder } from './temporary-database.ts';
import { testVectorContract, type VectorStage, vectorUser } from './vector-contract.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../plugin.json'), 'utf8')) as Manifest;

testVectorContract('embedded', openEmbedded);

test('embedded: among 20,000 vectors it finds the exact nearest ten, also after a restart [DATA-3]', {
  timeout: 60_000,
}, async () => {
  await using stage = await openEmbedded();
  const { kernel, folder } = stage;
  const { vectors } = await vectorUser(kernel, 'diary');
  const all = Array.from({ length: 20_000 }, () => randomDirection(64));
  for (let at = 0; at < all.length; at += 1000)
    await vectors.upsert(
      'days',
      all.slice(at, at + 1000).map((vector, index) => ({ id: `${at + index}`, vector })),
    );
  const asked = Array.from({ length: 10 }, () => randomDirection(64));
  const found = () =>
    Promise.all(asked.map(async (vector) => (await vectors.query('days', vector)).map(({ id }) => id)));
  const exact = asked.map((vector) => nearestTo(vector, all, 10));
  expect(recall(await found(), exact)).toBeGreaterThanOrEqual(0.99);
  // One question's nearest can be another's, too.
  const gone = new Set(exact.map(([first]) => first ?? ''));
  await vectors.delete('days', [...gone]);
  await kernel.unload('storage');
  await kernel.load({ manifest, definition: storage, dataFolder: folder });
  expect(
    recall(
      await found(),
      exact.map((ids) => ids.filter((id) => !gone.has(id))),
    ),
  ).toBeGreaterThanOrEqual(0.99);
});

test('embedded: neither a vector nor its id or metadata is on the disk in the clear [DATA-2] [SEC-1]', async () => {
  await using stage = await openEmbedded();
  const { vectors } = await vectorUser(stage.kernel, 'diary');
  const vector = randomDirection(256);
  await vectors.upsert('secret-days', [{ id: 'the-day-of-the-storm', vector, metadata: { place: 'lighthouse' } }]);
  const [kept] = await Array.fromAsync(vectors.entries('secret-days'));
  const needles = ['secret-days', 'the-day-of-the-storm', 'lighthouse'].map((text) => Buffer.from(text));
  needles.push(Buffer.from(Uint8Array.from(new Uint8Array(kept?.vector.buffer ?? new ArrayBuffer(0)))).subarray(0, 64));
  const files = readdirSync(stage.folder).map((name) => readFileSync(join(stage.folder, name)));
  expect(files.length).toBeGreaterThan(1);
  for (const needle of needles) expect(files.some((bytes) => bytes.includes(needle))).toBe(false);
});

test('embedded: while the vault is locked nothing is found, and the index in memory is gone [SEC-1]', async () => {
  await using stage = await openEmbedded();
  const { vectors } = await vectorUser(stage.kernel, 'diary');
  await vectors.upsert('days', [{ id: 'a', vector: [1, 0] }]);
  expect(await vectors.query('days', [1, 0])).toHaveLength(1);
  await stage.setLocked(true);
  expect(await codeOf(() => vectors.query('days', [1, 0]))).toBe('STORAGE_LOCKED');
  await stage.setLocked(false);
  expect(await vectors.query('days', [1, 0])).toHaveLength(1);
});

test("embedded: a plugin's SQL reaches no vectors past their topics [SEC-4]", async () => {
  await using stage = await openEmbedded();
  const diary = await stage.kernel.peer({
    id: 'diary',
    permissions: [
      { verb: 'request', topic: 'vector.upsert.v1' },
      { verb: 'request', topic: 'storage.sql.batch.v1' },
    ],
  });
  await diary.vectors.upsert('days', [{ id: 'a', vector: [1, 0] }]);
  expect(await codeOf(() => diary.storage.query('SELECT * FROM _aico_vector'))).toBe('STORAGE_SQL_DENIED');
});

interface EmbeddedStage extends VectorStage {
  readonly kernel: TestKernel;
  readonly folder: string;
  setLocked(locked: boolean): Promise<void>;
}

async function openEmbedded(): Promise<EmbeddedStage> {
  const kernel = await createTestKernel();
  const folder = temporaryFolder();
  const vault = await kernel.peer({
    id: 'vault',
    permissions: [
      { verb: 'serve', topic: 'vault.key.derive.v1' },
      { verb: 'publish', topic: 'vault.state.changed.v1' },
    ],
  });
  const key = randomBytes(32).toString('hex');
  let stop = await vault.bus.serve('vault.key.derive.v1', () => ({ key }));
  await kernel.load({ manifest, definition: storage, dataFolder: folder });
  return {
    kernel,
    folder,
    setLocked: async (locked) => {
      if (locked) await stop();
      else stop = await vault.bus.serve('vault.key.derive.v1', () => ({ key }));
      await vault.bus.publish('vault.state.changed.v1', { state: locked ? 'locked' : 'unlocked' });
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
    [Symbol.asyncDispose]: () => kernel.close(),
  };
}

function randomDirection(dimensions: number): Float32Array {
  const gauss = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  const vector = Float32Array.from({ length: dimensions }, gauss);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function nearestTo(asked: Float32Array, all: readonly Float32Array[], count: number): string[] {
  const near = all.map((vector, at) => ({ at, sum: vector.reduce((sum, each, i) => sum + each * (asked[i] ?? 0), 0) }));
  return near
    .sort((a, b) => b.sum - a.sum)
    .slice(0, count)
    .map(({ at }) => String(at));
}

/** The part of the exact nearest that was found. */
function recall(found: readonly string[][], exact: readonly string[][]): number {
  const shares = exact.map((ids, at) => ids.filter((id) => found[at]?.includes(id)).length / ids.length);
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
