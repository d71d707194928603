import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpFetch, HttpResponse, VectorHits } from '@aico/schemas';
import { type Benchmark, type Figure, median, quantile } from './figure.ts';
import { PluginStage } from './plugin-stage.ts';

const COUNT = 100_000;
const DIMENSIONS = 512;
const BATCH = 500;
const QUERIES = 200;
/** Compared with each vector, which takes its time. */
const EXACT_QUERIES = 50;
const NEAREST = 10;
const COLLECTION = 'bench';
/** Of a Chroma server that runs already; without one only the embedded store is measured. */
const CHROMA_URL = process.env['AICO_CHROMA_URL'];
const TIMEOUT_MS = 120_000;

/**
 * Vectors as plugins keep them: over the bus, in storage's own process, encrypted. Random directions, which no index finds
 * easier than those of real texts. Recall is against comparing with each.
 */
export const vectors: Benchmark = {
  names: ['vector.insert', 'vector.load', 'vector.query.p50', 'vector.query.p95', 'vector.recall10'],
  run: async () => [
    ...(await measureStore('embedded')),
    ...(CHROMA_URL === undefined ? [] : await measureStore('chroma', CHROMA_URL)),
  ],
};

async function measureStore(store: string, url?: string): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'aico-bench-'));
  const stage = await openStorage(folder, url);
  try {
    return (await measure(stage.request)).map((figure) => ({ ...figure, store }));
  } finally {
    await stage.end();
    await rm(folder, { recursive: true, force: true });
  }
}

type Ask = (topic: string, data: unknown) => Promise<unknown>;

async function measure(request: Ask): Promise<readonly Figure[]> {
  const all = Array.from({ length: COUNT }, randomDirection);
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
  await query(randomDirection());
  const loadMs = performance.now() - begun;
  const took: number[] = [];
  for (let round = 0; round < QUERIES; round += 1) {
    const vector = randomDirection();
    begun = performance.now();
    await query(vector);
    took.push(performance.now() - begun);
  }
  const shares: number[] = [];
  for (let round = 0; round < EXACT_QUERIES; round += 1) {
    const vector = randomDirection();
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
async function openStorage(folder: string, url: string | undefined): Promise<StorageStage> {
  const stage = new PluginStage(folder);
  const key = randomBytes(32).toString('hex');
  await (await stage.join('vault', 'serve', 'vault.key.derive.v1')).serve('vault.key.derive.v1', () => ({ key }));
  await stage.start('storage', { newVectors: url === undefined ? 'embedded' : 'external' });
  if (url !== undefined) {
    const network = await stage.join('network', 'serve', 'net.http.fetch.v1');
    await network.serve('net.http.fetch.v1', ({ data }) => fetchPlainly(data as HttpFetch));
    await stage.start('chroma', { url });
  }
  const asking = await stage.join('bench', 'request', 'vector.>');
  return {
    request: (topic, data) => asking.request(topic, data, { timeoutMs: TIMEOUT_MS }),
    end: async () => {
      await asking.request('vector.collection.drop.v1', { collection: COLLECTION }, { timeoutMs: TIMEOUT_MS });
      await stage.end();
    },
  };
}

/** The network, without its list: the server is on this machine. */
async function fetchPlainly({ url, method = 'GET', headers = {}, text }: HttpFetch): Promise<HttpResponse> {
  const answer = await fetch(url, { method, headers, ...(text !== undefined && { body: text }) });
  return { status: answer.status, url, redirected: false, headers: {}, text: await answer.text() };
}

function randomDirection(): Float32Array {
  const vector = Float32Array.from({ length: DIMENSIONS }, gauss);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function gauss(): number {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

function encode(vector: Float32Array): string {
  return Buffer.from(vector.buffer).toString('base64');
}

function exactNearest(asked: Float32Array, all: readonly Float32Array[]): string[] {
  const near = all.map((vector, at) => {
    let cosine = 0;
    for (let index = 0; index < DIMENSIONS; index += 1) cosine += (vector[index] ?? 0) * (asked[index] ?? 0);
    return { id: String(at), cosine };
  });
  return near
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, NEAREST)
    .map(({ id }) => id);
}
