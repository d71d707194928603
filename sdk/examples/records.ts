import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  needs: ['vault.unlocked'],
  permissions: [
    SERVE_COMMAND,
    { verb: 'serve', topic: 'plugin.example.forget.find.v1', reason: 'To tell you which wishes you want forgotten.' },
    { verb: 'serve', topic: 'plugin.example.forget.run.v1', reason: 'To remove the wishes that you want forgotten.' },
    { verb: 'serve', topic: 'plugin.example.export.read.v1', reason: 'To hand out your wishes when you export.' },
    { verb: 'serve', topic: 'plugin.example.export.add.v1', reason: 'To take your wishes back when you import.' },
    { verb: 'request', topic: 'storage.kv.get.v1', reason: 'To look whether a wish is there.' },
    { verb: 'request', topic: 'storage.kv.set.v1', reason: 'To keep a wish.' },
    { verb: 'request', topic: 'storage.kv.list.v1', reason: 'To list your wishes.' },
    { verb: 'request', topic: 'storage.kv.delete.v1', reason: 'To remove a wish.' },
  ],
};

interface Wish {
  readonly when: string;
  readonly text: string;
}

/** Keeps wishes, each under an id of its own, and says once what they are: so they are forgotten, exported and imported. */
export default definePlugin({
  async activate({ bus, records, storage }) {
    await records.serve([
      {
        one: 'wish',
        many: 'wishes',
        read: async (after) => {
          const { entries } = await storage.list<Wish>(after === undefined ? {} : { after });
          return entries.map(({ key, value }) => ({ id: key, ...value }));
        },
        remove: async (ids) => {
          const removed = await Promise.all(ids.map((id) => storage.delete(id)));
          return removed.filter((wasThere) => wasThere).length;
        },
        add: async ({ id, when, text }, dry) => {
          if ((await storage.get(id)) !== undefined) return { is: 'known' };
          if (!dry) await storage.set(id, { when, text });
          return { is: 'new' };
        },
      },
    ]);
    await bus.serve('plugin.example.command.run.v1', async ({ data: { arguments: text, time: when } }) => {
      if (text !== '') await storage.set(crypto.randomUUID(), { when, text });
      const { entries } = await storage.list<Wish>();
      return { text: `${entries.length} wishes` };
    });
  },
});
