import { isAicoError, type PluginContext } from '@aico/sdk';
import { erasePlugin } from './erase-plugin.ts';
import { forgetMemory } from './forget-memory.ts';
import { Forgetting } from './forgetting.ts';
import { Keeping } from './keeping.ts';
import { Ledger } from './ledger.ts';
import { planForgetting } from './plan.ts';
import { RetentionStore } from './retention-store.ts';

/** Others start first. */
const LOOK_AFTER_MS = 60_000;
const LOOK_EVERY_MS = 15 * 60_000;

/** Answers what is kept of something, forgets it, and lets go of what is too old. */
export async function servePrivacy(ctx: PluginContext, now: () => number): Promise<void> {
  const { bus, log } = ctx;
  const ledger = new Ledger(ctx.storage);
  const store = new RetentionStore(ctx.storage, now);
  const forgetting: Forgetting = new Forgetting({
    ...{ bus, log, ledger },
    now: () => new Date(now()),
    wait: (milliseconds) => new Promise((resolve) => void ctx.setTimer(milliseconds, () => resolve())),
    onShredded: () => keeping.shredded(),
  });
  const attempt = async (problem: string, work: () => Promise<void>): Promise<void> => {
    await work().catch((error: unknown) => {
      if (!ctx.signal.aborted) log.warn(problem, { code: isAicoError(error) ? error.code : '' });
    });
  };
  const keeping: Keeping = new Keeping({
    ...{ bus, log, ledger, store, forgetting, now },
    soon: (work) => void ctx.setTimer(0, () => attempt('What is too old could not be let go of.', work)),
  });
  await bus.serve('privacy.forget.find.v1', ({ data }) => planForgetting(bus, data));
  await bus.serveStream('privacy.forget.run.v1', ({ data, sender }, stream) =>
    // Whoever asked may go away: it is done to its end.
    forgetting.forget(data, sender, (progress) => stream.write(progress).catch(() => undefined)),
  );
  const hold = () => keeping.hold();
  await bus.serve('memory.forget.v1', ({ data, sender }) => forgetMemory({ bus, forgetting, hold }, data.id, sender));
  await bus.serve('privacy.plugin.erase.v1', ({ data, sender }) => erasePlugin(bus, data.id, now(), sender));
  await bus.serve('privacy.receipt.list.v1', async () => ({ receipts: await ledger.receipts() }));
  await bus.serve('privacy.retention.get.v1', () => keeping.state());
  await bus.serve('privacy.retention.preview.v1', ({ data }) => keeping.preview(data));
  await bus.serve('privacy.retention.set.v1', ({ data, sender }) => keeping.set(data, sender));
  const look = async (): Promise<void> => {
    await attempt('What is not forgotten yet could not be gone on with.', () => forgetting.resume());
    await attempt('What is too old could not be let go of.', () => keeping.look());
    ctx.setTimer(LOOK_EVERY_MS, look);
  };
  ctx.setTimer(LOOK_AFTER_MS, look);
}
