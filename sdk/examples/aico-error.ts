import { AicoError, definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    { verb: 'request', topic: 'memory.recall.v1', reason: 'To answer from what you said before.' },
  ],
};

/** Errors have a code, and words for people. One that is thrown while answering goes to whoever asked, typed. */
export default definePlugin({
  async activate({ bus }) {
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      try {
        await bus.request('memory.recall.v1', { text: data.arguments });
        return { text: 'Memory answers.' };
      } catch (error) {
        if (error instanceof AicoError && error.code === 'KERNEL_NO_SERVER') return { text: error.fix };
        throw error;
      }
    });
  },
});
