import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = { permissions: [SERVE_COMMAND] };

let lastWord = (_reason: string): void => {};

/** A last word while the bus and the log still work; everything registered is undone after it. */
export default definePlugin({
  async activate({ bus, log, id, version }) {
    lastWord = (reason) => log.info('good night', { reason });
    await bus.serve('plugin.example.command.run.v1', () => ({ text: `${id} ${version}` }));
  },
  deactivate: (reason) => lastWord(reason),
});
