import type { ShelvedPlugin } from './package-shelf.ts';

export const STORAGE = 'storage';
const TOPICS = ['storage.kv.get.v1', 'storage.kv.set.v1', 'storage.kv.list.v1'] as const;

/**
 * A storage for attackers to try, in a process of its own as the product's is. The neighbour keeps a secret there; whoever
 * brings that here knows it, and is named in the log.
 */
export function storageKeeping(secret: string): ShelvedPlugin {
  return {
    id: STORAGE,
    isTrusted: true,
    permissions: TOPICS.map((topic) => ({ verb: 'serve', topic })),
    code: `export default { async activate(ctx) {
      const secret = ${JSON.stringify(secret)};
      const kept = new Map([['neighbour diary', secret]]);
      await ctx.bus.serve('storage.kv.get.v1', ({ sender, data }) => ({ value: kept.get(sender + ' ' + data.key) ?? false }));
      await ctx.bus.serve('storage.kv.list.v1', ({ sender }) => ({
        entries: [...kept].filter(([key]) => key.startsWith(sender + ' ')).map(([key, value]) => ({ key, value })),
      }));
      await ctx.bus.serve('storage.kv.set.v1', ({ sender, data }) => {
        if (JSON.stringify(data.value).includes(secret)) ctx.log.warn(secret, { sender });
        return {};
      });
    } };`,
  };
}
