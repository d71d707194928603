import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = { permissions: [SERVE_COMMAND] };

/** Does something later, once. The timer goes with the plugin; its undo ends it earlier. */
export default definePlugin({
  async activate({ bus, setTimer }) {
    let rung = 'not yet';
    let stop = setTimer(0, () => {});
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      if (data.arguments === 'stop') await stop();
      if (/^\d+$/.test(data.arguments)) {
        stop = setTimer(Number(data.arguments), () => {
          rung = 'rung';
        });
      }
      return { text: rung };
    });
  },
});
