import type { TestKernel } from './test-kernel.ts';

const TOPICS = ['cache.kv.get.v1', 'cache.kv.set.v1', 'cache.kv.delete.v1', 'cache.kv.list.v1'] as const;
const DEFAULT_LIMIT = 100;

interface Kept {
  readonly value: unknown;
  readonly until: number;
}

/** Serves `ctx.cache` for the plugins of a test, in memory. Without it, the cache of a test is empty whatever is put there. */
export async function serveCache(kernel: TestKernel): Promise<void> {
  const { bus } = await kernel.peer({ id: 'cache', permissions: TOPICS.map((topic) => ({ verb: 'serve', topic })) });
  const all = new Map<string, Map<string, Kept>>();
  const entriesOf = (plugin: string): Map<string, Kept> => {
    const own = all.get(plugin) ?? new Map<string, Kept>();
    all.set(plugin, own);
    for (const [key, { until }] of own) if (until <= Date.now()) own.delete(key);
    return own;
  };
  await bus.serve('cache.kv.get.v1', ({ sender, data }) => ({ value: entriesOf(sender).get(data.key)?.value }));
  await bus.serve('cache.kv.set.v1', ({ sender, data: { key, value, forSeconds = Number.POSITIVE_INFINITY } }) => {
    entriesOf(sender).set(key, { value, until: Date.now() + forSeconds * 1000 });
    return {};
  });
  await bus.serve('cache.kv.delete.v1', ({ sender, data }) => ({ deleted: entriesOf(sender).delete(data.key) }));
  await bus.serve('cache.kv.list.v1', ({ sender, data: { prefix = '', after = '', limit = DEFAULT_LIMIT } }) => {
    const own = entriesOf(sender);
    const keys = [...own.keys()].sort().filter((key) => key.startsWith(prefix) && key > after);
    const entries = keys.slice(0, limit).map((key) => ({ key, value: own.get(key)?.value }));
    const next = keys.length > limit ? entries.at(-1)?.key : undefined;
    return next === undefined ? { entries } : { entries, next };
  });
}
