import type { DurableEvent } from '@aico/sdk';
import { Journal, type JournalOptions } from '../src/journal.ts';

export const KEY: Buffer = Buffer.alloc(32, 7);
export const TOPIC = 'chat.message.created.v1';

export interface Reported {
  readonly damaged: string[];
  readonly dead: number[];
  readonly failed: unknown[];
  readonly dropped: number[];
}

/** Opens a journal that notes what it reports. */
export async function openJournal(
  folder: string,
  options: Partial<JournalOptions> = {},
): Promise<Journal & { reported: Reported }> {
  const reported: Reported = { damaged: [], dead: [], failed: [], dropped: [] };
  const journal = await Journal.open({
    folder,
    key: KEY,
    now: Date.now,
    after: (milliseconds, handler) => {
      const timer = setTimeout(handler, milliseconds);
      return () => clearTimeout(timer);
    },
    report: {
      damaged: (_file, _at, problem) => reported.damaged.push(problem),
      dead: (_group, { sequence }) => reported.dead.push(sequence),
      failed: (_doing, error) => reported.failed.push(error),
      dropped: (files) => reported.dropped.push(files),
    },
    ...options,
  });
  return Object.assign(journal, { reported });
}

export function event(data: unknown, topic: string = TOPIC): DurableEvent {
  return { topic, time: Date.now(), sender: 'chat', incarnation: 'chat-1', payload: JSON.stringify(data) };
}
