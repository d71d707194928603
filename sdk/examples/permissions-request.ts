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

/** Asks when it is needed. The user's answer is remembered; whoever does not answer says no. */
export default definePlugin({
  async activate({ bus, permissions }) {
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      if (!(await permissions.request('request', 'memory.recall.v1'))) return { text: 'Then I do without.' };
      const { hits } = await bus.request('memory.recall.v1', { text: data.arguments });
      return { text: hits.map(({ memory }) => memory.text).join('\n') };
    });
  },
});
