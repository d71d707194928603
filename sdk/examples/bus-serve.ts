import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = { permissions: [SERVE_COMMAND] };

/** Answers a topic: the one server of its own command. The kernel stamps who asked. */
export default definePlugin({
  async activate({ bus }) {
    await bus.serve('plugin.example.command.run.v1', ({ data, sender }) => ({
      text: `${sender} typed "${data.arguments}"`,
    }));
  },
});
