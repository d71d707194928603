import type { ForgetChoice, ForgetOrder } from '@aico/sdk';

const LISTS = { message: 'messages', conversation: 'conversations', memory: 'memories', title: 'titles' } as const;

/** What one plugin is told to remove: what was chosen, of its own kinds only what it named itself. */
export function orderFor(plugin: string, chosen: readonly ForgetChoice[]): ForgetOrder {
  const order = {
    ...{ messages: [] as string[], conversations: [] as string[], memories: [] as string[], titles: [] as string[] },
    others: [] as string[],
    since: chosen.reduce((least, { when }) => (when < least ? when : least), chosen[0]?.when ?? ''),
  };
  for (const { plugin: owner, kind, id } of chosen) {
    const list = Object.hasOwn(LISTS, kind) ? LISTS[kind as keyof typeof LISTS] : undefined;
    if (list !== undefined) order[list].push(id);
    else if (owner === plugin) order.others.push(id);
  }
  return order;
}
