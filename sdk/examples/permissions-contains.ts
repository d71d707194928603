import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    {
      verb: 'request',
      topic: 'memory.recall.v1',
      reason: 'To answer from what you said before, if you like.',
      optional: true,
    },
  ],
};

/** Does without what the user did not grant, instead of running into a refusal. */
export default definePlugin({
  async activate({ bus, permissions }) {
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      if (!permissions.contains('request', 'memory.recall.v1')) return { text: 'I may not look into your memories.' };
      const { hits } = await bus.request('memory.recall.v1', { text: data.arguments });
      return { text: hits.map(({ memory }) => memory.text).join('\n') };
    });
  },
});
