import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  needs: ['vault.unlocked'],
  permissions: [
    SERVE_COMMAND,
    { verb: 'request', topic: 'vector.upsert.v1', reason: 'To keep the colours that you name.' },
    { verb: 'request', topic: 'vector.query.v1', reason: 'To find the nearest colour.' },
    { verb: 'request', topic: 'vector.delete.v1', reason: 'To forget a colour.' },
    { verb: 'request', topic: 'vector.list.v1', reason: 'To list your colours.' },
    { verb: 'request', topic: 'vector.collection.list.v1', reason: 'To count your colours.' },
    { verb: 'request', topic: 'vector.collection.drop.v1', reason: 'To forget all colours.' },
  ],
};

/** Finds colours by nearness: `add red 1,0,0`, `like 0.9,0.1,0`, `drop red`, `clear`, or nothing to list. */
export default definePlugin({
  async activate({ bus, vectors }) {
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      const [verb, first = '', second = ''] = data.arguments.split(' ');
      if (verb === 'add') {
        const vector = second.split(',').map(Number);
        await vectors.upsert('colours', [{ id: first, vector, metadata: { letters: first.length } }]);
      }
      if (verb === 'like') {
        const where = [{ field: 'letters', atLeast: 3 }];
        const [hit] = await vectors.query('colours', first.split(',').map(Number), { limit: 1, where });
        return { text: hit === undefined ? 'Nothing is like it.' : `${hit.id} (${hit.nearness.toFixed(2)})` };
      }
      if (verb === 'drop') return { text: (await vectors.delete('colours', [first])) > 0 ? 'Dropped.' : 'Unknown.' };
      if (verb === 'clear') return { text: (await vectors.drop('colours')) ? 'All gone.' : 'There were none.' };
      const names: string[] = [];
      for await (const { id } of vectors.entries('colours')) names.push(id);
      const [collection] = await vectors.collections();
      return { text: `${collection?.count ?? 0}: ${names.join(', ')}` };
    });
  },
});
