import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestKernel, serveNetwork } from '@aico/sdk-testing';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { requireBubblewrap, requireGocryptfs } from '../../../test/support/system-tools.ts';
import { loadOwnServer, manifestOf, serveKeys } from '../../chroma-server/test/own-server.ts';
import storage from '../../storage/src/index.ts';
import { codeOf } from '../../storage/test/temporary-database.ts';
import { testVectorContract, type VectorStage, vectorUser } from '../../storage/test/vector-contract.ts';
import chroma from '../src/index.ts';
import { type RunningChroma, startChroma } from './chroma-process.ts';

const INSTALLED = process.env['AICO_CHROMA'];
let server: Promise<RunningChroma> | undefined;
afterAll(async () => (await server)?.end());

test('a server that does not answer is named, with what to do [DATA-3]', async () => {
  await using stage = await open({ url: 'http://127.0.0.1:9' });
  const { vectors } = await vectorUser(stage.kernel, 'diary');
  expect(await codeOf(() => vectors.upsert('days', [{ id: 'a', vector: [1, 0] }]))).toBe('VECTOR_EXTERNAL_UNAVAILABLE');
});

test('when it is to use the Chroma that AICO starts, and that does not run, it says so, with what to do [DATA-3, SEC-1]', async () => {
  await using stage = await open({ server: 'own' });
  const { vectors } = await vectorUser(stage.kernel, 'diary');
  const thrown = await vectors.upsert('days', [{ id: 'a', vector: [1, 0] }]).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'VECTOR_SERVER_AWAY', fix: expect.stringContaining('vault-folder') });
  expect(String(thrown)).toContain('chroma-server is off, or waits for the encrypted folder');
});

function requireChroma(context: { skip(note: string): never }): void {
  if (INSTALLED === undefined)
    context.skip('no Chroma is here: AICO_CHROMA names a folder in which npm installed chromadb');
}

describe('with a real server that AICO starts', () => {
  beforeEach((context) => {
    requireChroma(context);
    requireGocryptfs(context);
    requireBubblewrap(context);
  });

  testVectorContract('own chroma', async () => {
    const stage = await open({ server: 'own' });
    await loadOwnServer(stage.kernel, stage.folder, { folder: INSTALLED });
    return stage;
  });
});

describe('with a real server', () => {
  beforeEach(requireChroma);

  const openChroma = async (): Promise<VectorStage> => {
    server ??= startChroma(INSTALLED ?? '');
    const { url, clear } = await server;
    await clear();
    return open({ url });
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

/** Storage whose vectors go to Chroma, with the settings of its plugin. */
async function open(configuration: Record<string, unknown>): Promise<VectorStage & { readonly folder: string }> {
  const kernel = await createTestKernel();
  const folder = mkdtempSync(join(tmpdir(), 'aico-chroma-'));
  await serveKeys(kernel);
  await serveNetwork(kernel, async ({ url: asked, method = 'GET', headers = {}, text }) => {
    const answer = await fetch(asked, { method, headers, ...(text !== undefined && { body: text }) });
    return { status: answer.status, text: await answer.text() };
  });
  await kernel.load({
    manifest: manifestOf('storage'),
    definition: storage,
    dataFolder: join(folder, 'storage'),
    configuration: { newVectors: 'external' },
  });
  const settings = { server: 'address', url: 'http://127.0.0.1:8000', ...configuration };
  await kernel.load({ manifest: manifestOf('chroma'), definition: chroma, configuration: settings });
  return {
    kernel,
    folder,
    [Symbol.asyncDispose]: async () => {
      await kernel.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
