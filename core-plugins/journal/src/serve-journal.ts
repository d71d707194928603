import { Buffer } from 'node:buffer';
import { AicoError, type PluginContext } from '@aico/sdk';
import { Journal } from './journal.ts';
import { serveConsumers } from './serve-consumers.ts';
import { serveForget } from './serve-forget.ts';
import { serveLetters } from './serve-letters.ts';
import { Tidier } from './tidier.ts';

const TIDY_AFTER_MS = 10 * 60_000;
const TIDY_EVERY_MS = 60_000;

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

  const tidier = new Tidier({
    ...{ journal, folder },
    settings: () => ({ days: config.get<number>('maxAgeDays'), megabytes: config.get<number>('maxMegabytes') }),
    now: Date.now,
    onWait: ({ believed }) =>
      log.warn('The clock is far from where it was: no event is dropped for its age for now.', {
        seen: new Date(believed).toISOString(),
      }),
  });
  const tidy = async (): Promise<void> => {
    try {
      await tidier.tidy();
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
