import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    { verb: 'request', topic: 'cache.kv.get.v1', reason: 'To reckon nothing twice.' },
    { verb: 'request', topic: 'cache.kv.set.v1', reason: 'To reckon nothing twice.' },
    { verb: 'request', topic: 'cache.kv.list.v1', reason: 'To show what it reckoned.' },
    { verb: 'request', topic: 'cache.kv.delete.v1', reason: 'To reckon once more.' },
  ],
};

/** Keeps what takes long to reckon for an hour: `square 12`, `again 12`, or nothing to list. Without a cache it reckons each time. */
export default definePlugin({
  async activate({ bus, cache }) {
    let reckoned = 0;
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      const [verb, number = ''] = data.arguments.split(' ');
      if (verb === 'again') await cache.delete(`square/${number}`);
      if (number !== '') {
        let square = await cache.get<number>(`square/${number}`);
        if (square === undefined) {
          square = Number(number) ** 2;
          reckoned += 1;
          await cache.set(`square/${number}`, square, { forSeconds: 3600 });
        }
        return { text: `${square}, reckoned ${reckoned} times` };
      }
      const { entries } = await cache.list<number>({ prefix: 'square/' });
      return { text: entries.map(({ key, value }) => `${key} = ${value}`).join(', ') };
    });
  },
});
