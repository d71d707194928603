import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = { permissions: [SERVE_COMMAND] };

/** Reads files of its own package, whose every byte was verified: here, everything below ui/. */
export default definePlugin({
  async activate({ assets, bus }) {
    const pages = assets.paths.filter((path) => path.startsWith('ui/'));
    await bus.serve('plugin.example.command.run.v1', ({ data }) => {
      const page = assets.read(`ui/${data.arguments}`);
      return { text: page === undefined ? `There are ${pages.join(', ')}.` : new TextDecoder().decode(page) };
    });
  },
});
