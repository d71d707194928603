import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  needs: ['vault.unlocked'],
  permissions: [
    SERVE_COMMAND,
    { verb: 'request', topic: 'storage.kv.get.v1', reason: 'To read what you noted.' },
    { verb: 'request', topic: 'storage.kv.set.v1', reason: 'To keep what you note.' },
    { verb: 'request', topic: 'storage.kv.delete.v1', reason: 'To forget a note.' },
    { verb: 'request', topic: 'storage.kv.list.v1', reason: 'To list your notes.' },
  ],
};

/** Keeps JSON values under keys, encrypted, for this plugin alone: `add milk`, `drop milk`, or nothing to list. */
export default definePlugin({
  async activate({ bus, storage }) {
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      const [verb, name = ''] = data.arguments.split(' ');
      const key = `note/${name}`;
      if (verb === 'add') {
        const times = (await storage.get<number>(key)) ?? 0;
        await storage.set(key, times + 1);
      }
      if (verb === 'drop') return { text: (await storage.delete(key)) ? 'Dropped.' : 'It was not there.' };
      const { entries } = await storage.list<number>({ prefix: 'note/', limit: 20 });
      return { text: entries.map((entry) => `${entry.key.slice(5)} ×${entry.value}`).join(', ') };
    });
  },
});
