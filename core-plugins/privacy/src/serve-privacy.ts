import { isAicoError, type PluginContext } from '@aico/sdk';
import { Forgetting } from './forgetting.ts';
import { Ledger } from './ledger.ts';
import { planForgetting } from './plan.ts';

/** Others start first. */
const RESUME_AFTER_MS = 60_000;
const RESUME_EVERY_MS = 15 * 60_000;

/** Answers what is kept of something, and forgets it. */
export async function servePrivacy(ctx: PluginContext, now: () => number): Promise<void> {
  const { bus, log } = ctx;
  const ledger = new Ledger(ctx.storage);
  const forgetting = new Forgetting({
    ...{ bus, log, ledger },
    now: () => new Date(now()),
    wait: (milliseconds) => new Promise((resolve) => void ctx.setTimer(milliseconds, () => resolve())),
  });
  await bus.serve('privacy.forget.find.v1', ({ data }) => planForgetting(bus, data));
  await bus.serveStream('privacy.forget.run.v1', ({ data, sender }, stream) =>
    // Whoever asked may go away: it is done to its end.
    forgetting.forget(data, sender, (progress) => stream.write(progress).catch(() => undefined)),
  );
  await bus.serve('privacy.receipt.list.v1', async () => ({ receipts: await ledger.receipts() }));
  const resume = async (): Promise<void> => {
    await forgetting.resume().catch((error: unknown) => {
      if (!ctx.signal.aborted)
        log.warn('What is not forgotten yet could not be gone on with.', {
          code: isAicoError(error) ? error.code : '',
        });
    });
    ctx.setTimer(RESUME_EVERY_MS, resume);
  };
  ctx.setTimer(RESUME_AFTER_MS, resume);
}
