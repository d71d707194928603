import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    {
      verb: 'request',
      topic: 'net.http.fetch.v1',
      constraints: { hosts: ['api.example.org'], methods: ['GET', 'POST'] },
      reason: 'To look up the words that you type.',
    },
  ],
};

/** Asks a web server: only these hosts and methods, by https, and only what the user can see in the list of connections. */
export default definePlugin({
  async activate({ bus, fetch }) {
    await bus.serve('plugin.example.command.run.v1', async ({ data, signal }) => {
      const response = await fetch('https://api.example.org/words', { method: 'POST', body: data.arguments, signal });
      if (!response.ok) return { text: `The dictionary answered ${response.status}.` };
      const { meaning } = await response.json<{ meaning: string }>();
      return { text: meaning };
    });
  },
});
