import type { Bus, ForgetOrder } from '@aico/sdk';
import type { Journal } from './journal.ts';

/** Events are published a moment after what they tell of. */
const SLACK_MS = 60_000;

/** Answers what is to be forgotten. The journal names nothing of its own: it keeps what others said. */
export async function serveForget(bus: Bus, journal: Pick<Journal, 'forget'>): Promise<void> {
  await bus.serve('plugin.journal.forget.run.v1', async ({ data }) => {
    const before = data.before === undefined ? undefined : Date.parse(data.before) + SLACK_MS;
    const removed = await journal.forget(idsOf(data), Date.parse(data.since) - SLACK_MS, before);
    return { kinds: [{ kind: 'event', removed }] };
  });
}

function idsOf({ messages, conversations, memories, others }: ForgetOrder): string[] {
  return [...messages, ...conversations, ...memories, ...others];
}
