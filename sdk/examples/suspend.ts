import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [SERVE_COMMAND],
  lifecycle: { suspendAfterSeconds: 1 },
};

let asked = 0;
let slept = 0;

/** After a second with nothing to do its process ends; the next question starts it again where it was. */
export default definePlugin({
  async activate({ bus }) {
    asked = 0;
    slept = 0;
    await bus.serve('plugin.example.command.run.v1', () => {
      asked += 1;
      return { text: `You asked ${asked} times, and it slept ${slept} times.` };
    });
  },
  suspend: () => ({ asked, slept }),
  resume(state) {
    ({ asked, slept } = state as { asked: number; slept: number });
    slept += 1;
  },
});
