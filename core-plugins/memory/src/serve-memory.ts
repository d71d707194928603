import { isAicoError, type PluginContext, readMigrations } from '@aico/sdk';
import type { EmbeddingModel } from './embedding-model.ts';
import { addRemembered, readRemembered } from './exported.ts';
import { findRemembered, removeRemembered } from './forget.ts';
import { Meanings } from './meanings.ts';
import { MemoryStore } from './memory-store.ts';
import { ModelKeeper } from './model-keeper.ts';
import { matchAny, recall, within } from './recall.ts';
import { Rememberer } from './rememberer.ts';
import { wordsOf } from './words.ts';

/** Others start first. */
const LOAD_AFTER_MS = 500;
const CATCH_UP_AFTER_MS = 200;
const LONGEST_RETRY_MS = 30_000;
/** The cursor is moved on now and then, so that the next start has little to read again. */
const CATCH_UP_EVERY_MS = 15 * 60_000;

/** Answers memory's topics and listens to the conversations. Resolves when others can ask. */
export async function serveMemory(ctx: PluginContext, load: () => Promise<EmbeddingModel>): Promise<void> {
  const { bus, log, signal } = ctx;
  await ctx.storage.migrate(readMigrations(ctx.assets));
  const store = new MemoryStore(ctx.storage);
  const meanings = new Meanings(ctx.storage, ctx.vectors);
  const model = new ModelKeeper({
    load,
    log,
    setTimer: ctx.setTimer,
    now: () => performance.now(),
    idleMs: () => ctx.config.get<number>('modelIdleMinutes') * 60_000,
    onReady: () => void rememberer.read(),
  });
  ctx.effect(() => () => model.close());
  const rememberer = new Rememberer({ bus, log, store, model, meanings, signal });

  await bus.consume('chat.message.created.v1', { group: 'main' }, ({ data }) => rememberer.remember([data.message]));
  await bus.serve('memory.recall.v1', async ({ data, grant }) =>
    within(await recall({ store, model, meanings }, data), grant, Date.now()),
  );
  await bus.serve('memory.list.v1', ({ data }) => store.list(data, matchAny(wordsOf(data.query ?? ''))));

  const powers = { storage: ctx.storage, meanings };
  await bus.serve('plugin.memory.forget.find.v1', ({ data }) => findRemembered(powers, data));
  await bus.serve('plugin.memory.forget.run.v1', ({ data }) => removeRemembered(powers, data));
  await bus.serve('plugin.memory.export.read.v1', ({ data }) => readRemembered(ctx.storage, data.after));
  await bus.serve('plugin.memory.export.add.v1', async ({ data }) => {
    const added = await addRemembered(ctx.storage, data);
    if (!data.dry) void rememberer.read();
    return added;
  });

  const catchUp = async (retryMs: number): Promise<void> => {
    try {
      await rememberer.catchUp();
      ctx.setTimer(CATCH_UP_EVERY_MS, () => catchUp(CATCH_UP_AFTER_MS));
    } catch (error) {
      if (signal.aborted) return;
      // The chat may start later than memory does.
      const level = isAicoError(error, 'KERNEL_NO_SERVER') ? 'debug' : 'warn';
      log[level]('Conversations could not be read; trying again.', { reason: String(error), retryMs });
      ctx.setTimer(retryMs, () => catchUp(Math.min(LONGEST_RETRY_MS, retryMs * 2)));
    }
  };
  ctx.setTimer(CATCH_UP_AFTER_MS, () => catchUp(CATCH_UP_AFTER_MS));
  ctx.setTimer(LOAD_AFTER_MS, async () => {
    const moved = await meanings.moveOld(signal);
    if (moved > 0) log.info('What the model made of memories was moved among the vectors.', { moved });
    await model.want();
  });
}
