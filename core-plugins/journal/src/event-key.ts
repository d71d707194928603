import { orderKey } from '@aico/sdk/protocol';

/**
 * What events must stay in order with each other: those of one conversation, or of one `key` that their payload names; of a
 * sealed payload, those of one tag. Events without one are handed out in order, but none waits for another.
 */
export function eventKey(topic: string, data: unknown): string | undefined {
  const named = orderKey(data);
  return named === undefined ? undefined : `${topic}/${named}`;
}
