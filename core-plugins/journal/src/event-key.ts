/**
 * What events must stay in order with each other: those of one conversation, or of one `key` that their payload names.
 * Events without one are handed out in order, but none waits for another.
 */
export function eventKey(topic: string, data: unknown): string | undefined {
  const { message, key } = (data ?? {}) as { readonly message?: { readonly conversation?: unknown }; key?: unknown };
  const named = message?.conversation ?? key;
  return typeof named === 'string' && named !== '' ? `${topic}/${named}` : undefined;
}
