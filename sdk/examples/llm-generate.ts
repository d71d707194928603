import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [SERVE_COMMAND, { verb: 'request', topic: 'llm.generate.v1', reason: 'To translate what you type.' }],
};

/** Asks the language model that the user chose, whichever it is. */
export default definePlugin({
  async activate({ bus, llm }) {
    await bus.serve('plugin.example.command.run.v1', async ({ data, signal }) => {
      const messages = [
        { role: 'system', text: 'Translate into Latin.' } as const,
        { role: 'user', text: data.arguments } as const,
      ];
      let text = '';
      for await (const chunk of llm.generate({ messages, temperature: 0 }, { signal })) text += chunk.text;
      return { text };
    });
  },
});
