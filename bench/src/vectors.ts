import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VectorHits } from '@aico/schemas';
import { type Benchmark, type Figure, median, quantile } from './figure.ts';
import { PluginStage } from './plugin-stage.ts';
import { type Draw, VECTOR_DATA } from './vector-data.ts';

const COUNT = 100_000;
const BATCH = 500;
const QUERIES = 200;
/** Compared with each vector, which takes its time. */
const EXACT_QUERIES = 50;
const NEAREST = 10;
const COLLECTION = 'bench';
/** Folder in which npm installed chromadb; without one only the embedded store is measured. */
const CHROMA = process.env['AICO_CHROMA'];
type Store = 'embedded' | 'chroma';
const STORES: readonly Store[] = CHROMA === undefined ? ['embedded'] : ['embedded', 'chroma'];
/** What Chroma may take of the machine. */
const MOST_MB = 4_096;
const TIMEOUT_MS = 120_000;

/**
 * Vectors as plugins keep them: over the bus, in the store's own process, encrypted. Each store with each kind of data. Recall is
 * against comparing with each.
 */
export const vectorBenchmarks: readonly Benchmark[] = Object.entries(VECTOR_DATA).flatMap(([data, draw]) =>
  STORES.map((store) => ({
    names: ['vector.insert', 'vector.load', 'vector.query.p50', 'vector.query.p95', 'vector.recall10'],
    run: async () => (await measureStore(store, draw())).map((figure) => ({ ...figure, store, data })),
  })),
);

async function measureStore(store: Store, draw: Draw): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'aico-bench-'));
  const stage = await openStorage(folder, store === 'chroma' ? CHROMA : undefined);
  try {
    return await measure(stage.request, draw);
  } finally {
    await stage.end();
    await rm(folder, { recursive: true, force: true });
  }
}

type Ask = (topic: string, data: unknown) => Promise<unknown>;

async function measure(request: Ask, draw: Draw): Promise<readonly Figure[]> {
  const all = Array.from({ length: COUNT }, draw);
  let begun = performance.now();
  for (let at = 0; at < COUNT; at += BATCH) {
    const entries = all
      .slice(at, at + BATCH)
      .map((vector, index) => ({ id: String(at + index), vector: encode(vector) }));
    await request('vector.upsert.v1', { collection: COLLECTION, entries });
  }
  const perSecond = COUNT / ((performance.now() - begun) / 1000);
  const query = async (vector: Float32Array): Promise<readonly string[]> => {
    const asked = { collection: COLLECTION, vector: encode(vector), limit: NEAREST };
    const { hits } = (await request('vector.query.v1', asked)) as VectorHits;
    return hits.map(({ id }) => id);
  };
  begun = performance.now();
  await query(draw());
  const loadMs = performance.now() - begun;
  const took: number[] = [];
  for (let round = 0; round < QUERIES; round += 1) {
    const vector = draw();
    begun = performance.now();
    await query(vector);
    took.push(performance.now() - begun);
  }
  const shares: number[] = [];
  for (let round = 0; round < EXACT_QUERIES; round += 1) {
    const vector = draw();
    const found = await query(vector);
    shares.push(exactNearest(vector, all).filter((id) => found.includes(id)).length / NEAREST);
  }
  const recall = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return [
    { name: 'vector.insert', value: perSecond, unit: 'vectors/s', rounds: 1 },
    { name: 'vector.load', value: loadMs, unit: 'ms', rounds: 1 },
    { name: 'vector.query.p50', value: median(took), unit: 'ms', rounds: QUERIES },
    { name: 'vector.query.p95', value: quantile(took, 0.95), unit: 'ms', rounds: QUERIES },
    { name: 'vector.recall10', value: recall, unit: 'share', rounds: EXACT_QUERIES },
  ];
}

interface StorageStage {
  readonly request: Ask;
  end(): Promise<void>;
}

/** Storage from its package, in its process, with a vault that is open and somebody to ask; with Chroma behind it or not. */
async function openStorage(folder: string, installed: string | undefined): Promise<StorageStage> {
  const stage = new PluginStage(folder);
  const key = randomBytes(32).toString('hex');
  await (await stage.join('vault', 'serve', 'vault.key.derive.v1')).serve('vault.key.derive.v1', () => ({ key }));
  await stage.start('storage', { newVectors: installed === undefined ? 'embedded' : 'external' });
  const close = installed === undefined ? async () => {} : await openChroma(stage, folder, installed);
  const asking = await stage.join('bench', 'request', 'vector.>');
  return {
    request: (topic, data) => asking.request(topic, data, { timeoutMs: TIMEOUT_MS }),
    end: async () => {
      await stage.end();
      await close();
    },
  };
}

/** Chroma as AICO starts it, with its files encrypted. Returns its end. */
async function openChroma(stage: PluginStage, folder: string, installed: string): Promise<() => Promise<void>> {
  const [cipher, open] = [join(folder, 'cipher'), join(folder, 'open')];
  const path = join(open, 'chroma-server');
  await Promise.all([mkdir(cipher), mkdir(open)]);
  const password = { input: `${randomBytes(32).toString('hex')}\n` };
  execFileSync('gocryptfs', ['-q', '-init', '-scryptn', '10', '--', cipher], password);
  execFileSync('gocryptfs', ['-q', '--', cipher, open], { ...password, stdio: ['pipe', 'ignore', 'ignore'] });
  await mkdir(path);
  const opener = await stage.join('vault-folder', 'serve', 'vault.folder.open.v1');
  await opener.serve('vault.folder.open.v1', () => ({ path }));
  await stage.start('chroma-server', { folder: installed, memoryMb: MOST_MB });
  await stage.start('chroma', { server: 'own', url: '' });
  return async () => void execFileSync('fusermount3', ['-u', '-z', open]);
}

function encode(vector: Float32Array): string {
  return Buffer.from(vector.buffer).toString('base64');
}

function exactNearest(asked: Float32Array, all: readonly Float32Array[]): string[] {
  const near = all.map((vector, at) => {
    let cosine = 0;
    for (let index = 0; index < asked.length; index += 1) cosine += (vector[index] ?? 0) * (asked[index] ?? 0);
    return { id: String(at), cosine };
  });
  return near
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, NEAREST)
    .map(({ id }) => id);
}
