import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '@aico/sdk';
import { createTestKernel, serveNetwork } from '@aico/sdk-testing';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import storage from '../../storage/src/index.ts';
import { codeOf } from '../../storage/test/temporary-database.ts';
import { testVectorContract, type VectorStage, vectorUser } from '../../storage/test/vector-contract.ts';
import chroma from '../src/index.ts';
import { type RunningChroma, startChroma } from './chroma-process.ts';

const INSTALLED = process.env['AICO_CHROMA'];
const manifestOf = (plugin: string): Manifest =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../..', plugin, 'plugin.json'), 'utf8'));
let server: Promise<RunningChroma> | undefined;
afterAll(async () => (await server)?.end());

test('a server that does not answer is named, with what to do [DATA-3]', async () => {
  await using stage = await open('http://127.0.0.1:9');
  const { vectors } = await vectorUser(stage.kernel, 'diary');
  expect(await codeOf(() => vectors.upsert('days', [{ id: 'a', vector: [1, 0] }]))).toBe('VECTOR_EXTERNAL_UNAVAILABLE');
});

describe('with a real server', () => {
  beforeEach((context) => {
    if (INSTALLED === undefined)
      context.skip('no Chroma is here: AICO_CHROMA names a folder in which npm installed chromadb');
  });

  const openChroma = async (): Promise<VectorStage> => {
    server ??= startChroma(INSTALLED ?? '');
    const { url, clear } = await server;
    await clear();
    return open(url);
  };
  testVectorContract('chroma', openChroma);

  test('chroma: vectors move there and back bit by bit [DATA-3]', async () => {
    await using stage = await openChroma();
    const { vectors } = await vectorUser(stage.kernel, 'diary');
    const cli = await stage.kernel.peer({
      id: 'mover',
      permissions: [{ verb: 'request', topic: 'vector.store.move.v1' }],
    });
    const entries = Array.from({ length: 1_200 }, (_, at) => ({
      id: `day-${at}`,
      vector: Float32Array.from({ length: 48 }, (_, index) => Math.sin(at * 3.7 + index)),
      metadata: { at, third: at / 3, name: `day ${at}`, even: at % 2 === 0 },
    }));
    for (const at of [0, 600]) await vectors.upsert('days', entries.slice(at, at + 600));
    const move = (store: 'embedded' | 'external') =>
      cli.bus.request('vector.store.move.v1', { store }, { timeoutMs: 60_000 });
    const before = await Array.fromAsync(vectors.entries('days'));
    expect(await move('embedded')).toEqual({ collections: 1, vectors: 1_200 });
    expect(await Array.fromAsync(vectors.entries('days'))).toEqual(before);
    expect(await move('external')).toEqual({ collections: 1, vectors: 1_200 });
    expect(await Array.fromAsync(vectors.entries('days'))).toEqual(before);
    expect(await vectors.collections()).toMatchObject([{ count: 1_200, store: 'external' }]);
  });
});

/** Storage whose vectors go to Chroma, at an address. */
async function open(url: string): Promise<VectorStage> {
  const kernel = await createTestKernel();
  const folder = mkdtempSync(join(tmpdir(), 'aico-chroma-'));
  const vault = await kernel.peer({ id: 'vault', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  const key = randomBytes(32).toString('hex');
  await vault.bus.serve('vault.key.derive.v1', () => ({ key }));
  await serveNetwork(kernel, async ({ url: asked, method = 'GET', headers = {}, text }) => {
    const answer = await fetch(asked, { method, headers, ...(text !== undefined && { body: text }) });
    return { status: answer.status, text: await answer.text() };
  });
  await kernel.load({
    manifest: manifestOf('storage'),
    definition: storage,
    dataFolder: folder,
    configuration: { newVectors: 'external' },
  });
  await kernel.load({ manifest: manifestOf('chroma'), definition: chroma, configuration: { url } });
  return {
    kernel,
    [Symbol.asyncDispose]: async () => {
      await kernel.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
