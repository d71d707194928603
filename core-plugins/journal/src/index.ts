import { AicoError, definePlugin } from '@aico/sdk';
import type { Journal } from './journal.ts';
import { serveJournal } from './serve-journal.ts';

/** How long a stop waits for consumers to settle what they have, ms. */
const DRAIN_MS = 2_000;
let journal: Journal | undefined;

export default definePlugin({
  async activate(ctx) {
    if (ctx.dataFolder === undefined)
      throw new AicoError('JOURNAL_UNWRITABLE', { subject: 'journal', details: { problem: 'it has no folder' } });
    journal = await serveJournal(ctx, ctx.dataFolder);
  },
  async deactivate() {
    await journal?.drain(DRAIN_MS);
    journal = undefined;
  },
});
