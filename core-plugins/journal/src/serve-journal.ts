import { Buffer } from 'node:buffer';
import type { PluginContext } from '@aico/sdk';
import { AicoError } from '@aico/sdk';
import { Journal } from './journal.ts';
import { serveConsumers } from './serve-consumers.ts';
import { serveForget } from './serve-forget.ts';
import { serveLetters } from './serve-letters.ts';

const TIDY_AFTER_MS = 10 * 60_000;
const TIDY_EVERY_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;
const MEGABYTE = 1024 * 1024;

/** Answers journal's topics out of a folder. Resolves when events can be kept. */
export async function serveJournal(ctx: PluginContext, folder: string): Promise<Journal> {
  const { bus, log, config } = ctx;
  const { key } = await bus.request('vault.key.derive.v1', { purpose: 'journal' });
  const secret = Buffer.from(key, 'hex');
  const journal = await Journal.open({
    folder,
    key: secret,
    now: Date.now,
    after: (milliseconds, handler) => {
      // At the end everything is written down anyway.
      if (ctx.signal.aborted) return () => {};
      const undo = ctx.setTimer(milliseconds, handler);
      return () => void undo();
    },
    report: {
      damaged: (file, at, problem) => {
        const details = { file, problem: `${problem}, at byte ${at}` };
        const { code, message } = new AicoError('JOURNAL_DAMAGED', { subject: 'journal', details });
        log.error(message, { code, file, at });
      },
      dead: (group, { sequence, topic, attempts }) =>
        log.warn('An event could not be handled and is set aside.', { group, sequence, topic, attempts }),
      failed: (doing, error) => log.warn(`The journal could not ${doing}; it tries again.`, { reason: String(error) }),
      dropped: (files, missed) =>
        log[missed.length > 0 ? 'warn' : 'info']('Old events were dropped.', { files, missed }),
    },
  });
  ctx.effect(() => async () => {
    await journal.close();
    secret.fill(0);
  });

  const tidy = async (): Promise<void> => {
    const [days, megabytes] = [config.get<number>('maxAgeDays'), config.get<number>('maxMegabytes')];
    try {
      await journal.tidy({ maxAgeMs: days * DAY_MS, maxBytes: megabytes * MEGABYTE });
    } catch (error) {
      log.warn('Old events could not be dropped; trying again.', { reason: String(error) });
    }
    ctx.setTimer(TIDY_EVERY_MS, tidy);
  };
  // Groups get some time to be joined first.
  ctx.setTimer(TIDY_AFTER_MS, tidy);

  await serveLetters(bus, journal);
  await serveForget(bus, journal);
  await serveConsumers(ctx, journal);
  await bus.keepEvents(async (event) => ({ sequence: await journal.append(event) }));
  return journal;
}
