import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    { verb: 'request', topic: 'chat.turn.run.v1', reason: 'To talk with the companion for you.' },
  ],
};

/** Reads a stream piece by piece, then its result. Leaving the loop early cancels it at its server. */
export default definePlugin({
  async activate({ bus }) {
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      const stream = bus.stream('chat.turn.run.v1', { conversation: data.conversation, text: data.arguments });
      let pieces = 0;
      for await (const chunk of stream) if (chunk.kind === 'text') pieces += 1;
      const { reply } = await stream.result;
      return { text: `${reply.text} (${pieces} pieces)` };
    });
  },
});
