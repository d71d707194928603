import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = { permissions: [SERVE_COMMAND] };

/** Writes to the plugin's own log: a sentence that stays the same, and what varies in fields. */
export default definePlugin({
  async activate({ bus, log }) {
    log.debug('waiting for commands');
    await bus.serve('plugin.example.command.run.v1', ({ data }) => {
      const { length } = data.arguments;
      if (length === 0) log.warn('a command came without arguments');
      else log.info('a command came', { length });
      if (length > 100) log.error('a command was too long', { length });
      return { text: 'Logged.' };
    });
  },
});
