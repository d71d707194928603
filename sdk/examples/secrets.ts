import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  needs: ['vault.unlocked'],
  permissions: [
    SERVE_COMMAND,
    { verb: 'request', topic: 'vault.secret.get.v1', reason: 'To use the key that you entered.' },
    { verb: 'request', topic: 'vault.secret.put.v1', reason: 'To keep the key that you enter.' },
    { verb: 'request', topic: 'vault.secret.delete.v1', reason: 'To forget the key.' },
  ],
};

/** Keeps a secret in the vault. It never shows it, not even to whoever entered it. */
export default definePlugin({
  async activate({ bus, secrets }) {
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      if (data.arguments === 'forget') await secrets.delete('key');
      else if (data.arguments !== '') await secrets.set('key', data.arguments);
      const key = await secrets.get('key');
      return { text: key === undefined ? 'There is no key.' : `There is a key of ${key.length} characters.` };
    });
  },
});
