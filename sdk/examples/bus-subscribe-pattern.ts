import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    { verb: 'subscribe', topic: 'chat.>', reason: 'To count what happens in your conversations.' },
  ],
};

/** Receives the events of many topics: `*` stands for one token, `>` for the rest. */
export default definePlugin({
  async activate({ bus }) {
    const counts = new Map<string, number>();
    await bus.subscribePattern('chat.>', ({ topic }) => {
      counts.set(topic, (counts.get(topic) ?? 0) + 1);
    });
    await bus.serve('plugin.example.command.run.v1', () => ({ text: JSON.stringify(Object.fromEntries(counts)) }));
  },
});
