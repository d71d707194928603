import type { Bus, ForgetOrder } from '@aico/sdk';
import type { Journal } from './journal.ts';

/** Events are published a moment after what they tell of. */
const SLACK_MS = 60_000;

/** Answers what is to be forgotten. The journal names nothing of its own: it keeps what others said. */
export async function serveForget(bus: Bus, journal: Pick<Journal, 'forget'>): Promise<void> {
  await bus.serve('plugin.journal.forget.run.v1', async ({ data }) => {
    const removed = await journal.forget(idsOf(data), Date.parse(data.since) - SLACK_MS);
    return { kinds: [{ kind: 'event', removed }] };
  });
}

function idsOf({ messages, conversations, memories, others }: ForgetOrder): string[] {
  return [...messages, ...conversations, ...memories, ...others];
}
