import type { VectorCondition, VectorEntry, VectorMetadata } from '@aico/schemas';
import type { TestKernel } from './test-kernel.ts';

const TOPICS = ['upsert', 'query', 'delete', 'list', 'collection.list', 'collection.drop'].map(
  (name) => `vector.${name}.v1`,
);
const DEFAULT_HITS = 10;
const DEFAULT_PAGE = 100;

type Entry = Omit<VectorEntry, 'vector'> & { readonly vector: Float32Array };

/** Serves `ctx.vectors` for the plugins of a test, out of memory. What they keep outlives them. */
export async function serveVectors(kernel: TestKernel): Promise<void> {
  const { bus } = await kernel.peer({
    id: 'vectors',
    permissions: TOPICS.map((topic) => ({ verb: 'serve' as const, topic })),
  });
  const plugins = new Map<string, Map<string, Map<string, Entry>>>();
  const collectionsOf = (plugin: string): Map<string, Map<string, Entry>> =>
    plugins.get(plugin) ?? plugins.set(plugin, new Map()).get(plugin) ?? new Map();

  await bus.serve('vector.upsert.v1', ({ sender, data: { collection, entries } }) => {
    const own = collectionsOf(sender);
    const kept = own.get(collection) ?? new Map<string, Entry>();
    own.set(collection, kept);
    for (const entry of entries) kept.set(entry.id, { ...entry, vector: unitOf(entry.vector) });
    return {};
  });
  await bus.serve('vector.query.v1', ({ sender, data }) => {
    const { collection, limit = DEFAULT_HITS, least = -1, where = [] } = data;
    const asked = unitOf(data.vector);
    const kept = [...(collectionsOf(sender).get(collection)?.values() ?? [])];
    const hits = kept
      .filter(({ metadata = {} }) => where.every((condition) => holds(condition, metadata)))
      .map(({ id, vector, metadata }) => ({ id, nearness: dot(vector, asked), ...(metadata && { metadata }) }))
      .filter(({ nearness }) => nearness >= least);
    return { hits: hits.sort((a, b) => b.nearness - a.nearness).slice(0, limit) };
  });
  await bus.serve('vector.delete.v1', ({ sender, data: { collection, ids } }) => ({
    deleted: ids.filter((id) => collectionsOf(sender).get(collection)?.delete(id)).length,
  }));
  await bus.serve('vector.list.v1', ({ sender, data: { collection, after = '', limit = DEFAULT_PAGE } }) => {
    const kept = collectionsOf(sender).get(collection) ?? new Map<string, Entry>();
    const ids = [...kept.keys()].filter((id) => id > after).sort();
    const entries = ids.slice(0, limit).flatMap((id) => {
      const entry = kept.get(id);
      return entry ? [{ ...entry, vector: Buffer.from(entry.vector.buffer).toString('base64') }] : [];
    });
    const next = ids.length > limit ? entries.at(-1)?.id : undefined;
    return { entries, ...(next !== undefined && { next }) };
  });
  await bus.serve('vector.collection.list.v1', ({ sender }) => ({
    collections: [...collectionsOf(sender)].map(([collection, kept]) => {
      const dimensions = kept.values().next().value?.vector.length ?? 1;
      return { collection, dimensions, count: kept.size, store: 'embedded' as const };
    }),
  }));
  await bus.serve('vector.collection.drop.v1', ({ sender, data }) => ({
    dropped: collectionsOf(sender).delete(data.collection),
  }));
}

function unitOf(base64: string): Float32Array {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  const vector = new Float32Array(bytes.buffer, 0, Math.floor(bytes.byteLength / 4));
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}

function holds({ field, is, in: among, atLeast, below }: VectorCondition, metadata: VectorMetadata): boolean {
  const value = metadata[field];
  if (is !== undefined && value !== is) return false;
  if (among !== undefined && !among.some((each) => each === value)) return false;
  if (atLeast === undefined && below === undefined) return true;
  return typeof value === 'number' && value >= (atLeast ?? value) && value < (below ?? Number.POSITIVE_INFINITY);
}
