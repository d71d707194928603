import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    { verb: 'subscribe', topic: 'chat.message.created.v1', reason: 'To count your messages, and miss none.' },
  ],
};

/**
 * Receives the events of a durable topic at least once, also those from while the plugin did not run. What the handler throws
 * gives the event back, to be tried again later.
 */
export default definePlugin({
  async activate({ bus }) {
    const counted = new Set<string>();
    await bus.consume(
      'chat.message.created.v1',
      { group: 'counter', from: { at: 'start' } },
      ({ data: { message } }) => {
        // An event may come twice: what it does must be the same the second time.
        counted.add(message.id);
      },
    );
    await bus.serve('plugin.example.command.run.v1', () => ({ text: `${counted.size} messages were written.` }));
  },
});
