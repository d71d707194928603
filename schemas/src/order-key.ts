/** What an event must stay in order with: its conversation, or the `key` that its payload names; undefined for neither. */
export function orderKey(data: unknown): string | undefined {
  const { message, key } = (data ?? {}) as { readonly message?: { readonly conversation?: unknown }; key?: unknown };
  const named = message?.conversation ?? key;
  return typeof named === 'string' && named !== '' ? named : undefined;
}
