import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  conditions: ['example.open'],
  permissions: [
    SERVE_COMMAND,
    { verb: 'request', topic: 'kernel.condition.set.v1', reason: 'To let others run while it is open.' },
  ],
};

/** Sets a condition that its manifest declares: plugins with `"needs": ["example.open"]` run while it holds. */
export default definePlugin({
  async activate({ bus, conditions }) {
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      await conditions.set('example.open', data.arguments === 'open');
      return { text: 'Done.' };
    });
  },
});
