import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    { verb: 'subscribe', topic: 'chat.message.created.v1', reason: 'To count the words that you write.' },
  ],
};

/** Receives every event of a topic, in the order in which each publisher sent them. */
export default definePlugin({
  async activate({ bus }) {
    let words = 0;
    await bus.subscribe('chat.message.created.v1', ({ data: { message } }) => {
      if (message.role === 'user') words += message.text.split(/\s+/).length;
    });
    await bus.serve('plugin.example.command.run.v1', () => ({ text: `You wrote ${words} words.` }));
  },
});
