import { isAicoError } from '@aico/schemas';
import type { Bus } from '../bus.ts';
import type { Cache } from '../context.ts';

/** A cache that answers later than this is of no use. */
const TIMEOUT = { timeoutMs: 5000 };
/** Nobody keeps a cache, or whoever does cannot just now. */
const ABSENT = new Set([
  'CACHE_UNAVAILABLE',
  'KERNEL_NO_SERVER',
  'KERNEL_SERVER_GONE',
  'KERNEL_SERVER_BUSY',
  'KERNEL_REQUEST_TIMEOUT',
]);

/** ctx.cache: thin requests to whoever serves the cache. Where there is none, it is empty. */
export function createCache(bus: Bus): Cache {
  return {
    get: async <Value>(key: string) =>
      (await orElse(bus.request('cache.kv.get.v1', { key }, TIMEOUT), {})).value as Value | undefined,
    set: async (key, value, options = {}) => {
      await orElse(bus.request('cache.kv.set.v1', { key, value, ...options }, TIMEOUT), {});
    },
    delete: async (key) =>
      (await orElse(bus.request('cache.kv.delete.v1', { key }, TIMEOUT), { deleted: false })).deleted,
    list: async <Value>(options = {}) => {
      const page = await orElse(bus.request('cache.kv.list.v1', options, TIMEOUT), { entries: [] });
      return page as { entries: { key: string; value: Value }[]; next?: string };
    },
  };
}

async function orElse<Answer>(asked: Promise<Answer>, empty: Answer): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (!isAicoError(error) || !ABSENT.has(error.code)) throw error;
    return empty;
  }
}
