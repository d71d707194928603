import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeptVector } from '@aico/sdk';
import { createTestKernel, serveNetwork } from '@aico/sdk-testing';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { requireBubblewrap, requireGocryptfs } from '../../../test/support/system-tools.ts';
import { programIn } from '../../chroma-server/src/installed-program.ts';
import { loadOwnServer, manifestOf, serveKeys } from '../../chroma-server/test/own-server.ts';
import { running } from '../../chroma-server/test/stand-in.ts';
import storage from '../../storage/src/index.ts';
import { testVectorContract, type VectorStage, vectorUser } from '../../storage/test/vector-contract.ts';
import chroma from '../src/index.ts';
import { type RunningChroma, startChroma } from './chroma-process.ts';

const INSTALLED = process.env['AICO_CHROMA'];
let server: Promise<RunningChroma> | undefined;
afterAll(async () => (await server)?.end());

test('a server that does not answer is named, with what to do [DATA-3]', async () => {
  await using stage = await open({ url: 'http://127.0.0.1:9' });
  const { vectors } = await vectorUser(stage.kernel, 'diary');
  const thrown = await vectors.upsert('days', [{ id: 'a', vector: [1, 0] }]).catch((error: unknown) => error);
  expect(thrown).toMatchObject({
    code: 'VECTOR_EXTERNAL_UNAVAILABLE',
    message: expect.stringMatching(/[^.]\.$/),
    fix: expect.stringContaining('aico plugin enable chroma'),
  });
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

  const openOwn = async () => {
    const stage = await open({ server: 'own' });
    await loadOwnServer(stage.kernel, stage.folder, { folder: INSTALLED });
    return stage;
  };
  testVectorContract('own chroma', openOwn);
  testMoves('own chroma', openOwn);

  test('own chroma: a Chroma that is killed comes back with all that it was given [DATA-3] [SVC-7]', async () => {
    const program = programIn(INSTALLED ?? '');
    await using stage = await openOwn();
    const { vectors } = await vectorUser(stage.kernel, 'diary');
    await vectors.upsert('days', daysOf(700));
    const before = await Array.fromAsync(vectors.entries('days'));
    const killed = running(`${program}\0run\0--path\0.\0`).filter(isBelowThis);
    for (const pid of killed) process.kill(Number(pid), 'SIGKILL');
    expect(killed).toHaveLength(1);
    const entries = () => Array.fromAsync(vectors.entries('days')).catch(() => []);
    await expect.poll(entries, { timeout: 20_000 }).toEqual(before);
  });
});

describe('with a real server', () => {
  beforeEach(requireChroma);

  const openChroma = async ({ base64 = true } = {}): Promise<VectorStage> => {
    server ??= startChroma(INSTALLED ?? '');
    const { url, clear } = await server;
    await clear();
    return open({ url }, base64);
  };
  testVectorContract('chroma', openChroma);
  testMoves('chroma', openChroma);

  test('a server that takes no base64 is given the numbers, and keeps the same bits [DATA-3]', async () => {
    const keptBy = async (base64: boolean): Promise<KeptVector[]> => {
      await using stage = await openChroma({ base64 });
      const { vectors } = await vectorUser(stage.kernel, 'diary');
      await vectors.upsert('days', daysOf(50));
      return await Array.fromAsync(vectors.entries('days'));
    };
    expect(await keptBy(false)).toEqual(await keptBy(true));
  });
});

/** What a move between the stores has to keep. */
function testMoves(name: string, openStage: () => Promise<VectorStage>): void {
  test(`${name}: vectors move there and back bit by bit, page after page, and changes meanwhile with them [DATA-3]`, async () => {
    await using stage = await openStage();
    const { vectors } = await vectorUser(stage.kernel, 'diary');
    const cli = await stage.kernel.peer({
      id: 'mover',
      permissions: [{ verb: 'request', topic: 'vector.store.move.v1' }],
    });
    const move = (store: 'embedded' | 'external') =>
      cli.bus.request('vector.store.move.v1', { store }, { timeoutMs: 60_000 });
    const days = daysOf(2_400);
    for (let at = 0; at < days.length; at += 800) await vectors.upsert('days', days.slice(at, at + 800));
    const listed = () => Array.fromAsync(vectors.entries('days'));
    const before = await listed();
    expect(before.map(({ id }) => id)).toEqual(days.map(({ id }) => id).sort());
    expect(await move('embedded')).toEqual({ collections: 1, vectors: 2_400 });
    expect(await listed()).toEqual(before);
    expect(await move('external')).toEqual({ collections: 1, vectors: 2_400 });
    expect(await listed()).toEqual(before);

    for (const [at, store] of (['embedded', 'external'] as const).entries()) {
      const moving = move(store);
      await vectors.upsert('days', [{ id: `while-${store}`, vector: days[7]?.vector ?? [] }]);
      await vectors.delete('days', [`day-${at}`]);
      await moving;
      expect(await vectors.collections()).toMatchObject([{ count: 2_400, store }]);
      expect((await listed()).map(({ id }) => id)).toContain(`while-${store}`);
    }
  });
}

/** Whether a process comes from this one: others of this computer may run the same command. */
function isBelowThis(pid: string): boolean {
  for (let at = Number(pid); at > 1; ) {
    if (at === process.pid) return true;
    at = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${at}/status`, 'utf8'))?.[1]);
  }
  return false;
}

function daysOf(count: number): KeptVector[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `day-${at}`,
    vector: Float32Array.from({ length: 48 }, (_, index) => Math.sin(at * 3.7 + index)),
    metadata: { at, third: at / 3, name: `day ${at}`, even: at % 2 === 0 },
  }));
}

/** Storage whose vectors go to Chroma, with the settings of its plugin. */
async function open(
  configuration: Record<string, unknown>,
  base64 = true,
): Promise<VectorStage & { readonly folder: string }> {
  const kernel = await createTestKernel();
  const folder = mkdtempSync(join(tmpdir(), 'aico-chroma-'));
  await serveKeys(kernel);
  await serveNetwork(kernel, async ({ url: asked, method = 'GET', headers = {}, text }) => {
    if (!base64 && asked.endsWith('/pre-flight-checks')) return { status: 200, text: '{"max_batch_size":1000}' };
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
