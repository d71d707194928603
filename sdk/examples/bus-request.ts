import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    { verb: 'request', topic: 'kernel.plugin.list.v1', reason: 'To count the plugins for you.' },
  ],
};

/** Asks the one server of a topic, and waits no longer than two seconds. */
export default definePlugin({
  async activate({ bus }) {
    await bus.serve('plugin.example.command.run.v1', async ({ signal }) => {
      const { plugins } = await bus.request('kernel.plugin.list.v1', {}, { timeoutMs: 2000, signal });
      return { text: `There are ${plugins.length} plugins.` };
    });
  },
});
