import { join } from 'node:path';
import { AicoError, definePlugin } from '@aico/sdk';
import { Cache } from './cache.ts';
import { CacheSeal } from './cache-seal.ts';
import { RocksStore } from './rocks-store.ts';

const MEGABYTE = 1024 * 1024;
const TIDY_EVERY_MS = 60_000;
const KEEPS = 'keeps';

export default definePlugin({
  async activate(ctx) {
    const { bus, config, dataFolder, log } = ctx;
    if (dataFolder === undefined)
      throw new AicoError('CACHE_UNAVAILABLE', { subject: ctx.id, details: { problem: 'it has no folder' } });
    // Who has a database is asked to forget, or named in the receipt, when it is switched off, too.
    await ctx.storage.set(KEEPS, true);
    const { key } = await bus.request('vault.key.derive.v1', { purpose: 'cache' });
    const { store, begunAnew } = await RocksStore.open(join(dataFolder, 'cache'));
    ctx.effect(() => () => store.close());
    const onBegunAnew = (): void => log.warn('What was in the cache did not open; it begins anew.');
    if (begunAnew) onBegunAnew();
    const cache = await Cache.open({
      store,
      seal: new CacheSeal(key),
      maxBytes: () => config.get<number>('maxMegabytes') * MEGABYTE,
      now: () => Date.now(),
      onBegunAnew,
    });
    const tidy = async (): Promise<void> => {
      await cache.tidy().catch((error: unknown) => log.warn('the cache could not be tidied', { err: error }));
      ctx.setTimer(TIDY_EVERY_MS, tidy);
    };
    ctx.setTimer(TIDY_EVERY_MS, tidy);

    await bus.serve('cache.kv.get.v1', ({ sender, data }) => cache.get(sender, data.key));
    await bus.serve('cache.kv.set.v1', async ({ sender, data }) => {
      await cache.set(sender, data);
      return {};
    });
    await bus.serve('cache.kv.delete.v1', async ({ sender, data }) => ({
      deleted: await cache.delete(sender, data.key),
    }));
    await bus.serve('cache.kv.list.v1', ({ sender, data }) => cache.list(sender, data));
    await bus.serve('cache.status.get.v1', () => cache.status());
    await bus.serve('cache.clear.v1', async () => ({ entries: await cache.clear() }));
    // What plugins made of what is forgotten cannot be told from the rest.
    await bus.serve('plugin.rocksdb.forget.run.v1', async () => ({
      kinds: [{ kind: 'entry', removed: await cache.clear() }],
    }));
  },
});
