import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    { verb: 'publish', topic: 'vault.state.changed.v1', reason: 'To tell that the vault opened.' },
  ],
};

/** Tells everybody who subscribed; resolves when the kernel took it. */
export default definePlugin({
  async activate({ bus }) {
    await bus.serve('plugin.example.command.run.v1', async () => {
      await bus.publish('vault.state.changed.v1', { state: 'unlocked' });
      return { text: 'Told.' };
    });
  },
});
