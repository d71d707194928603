import { definePlugin, type GenerateResult } from '@aico/sdk';
import type { ExampleManifest } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [{ verb: 'serve', topic: 'llm.generate.v1', reason: 'To answer in the place of a model.' }],
};

/** Answers by a stream. `write` waits until the reader has asked for more; `signal` aborts when the reader goes away. */
export default definePlugin({
  async activate({ bus }) {
    await bus.serveStream('llm.generate.v1', async ({ data, signal }, stream): Promise<GenerateResult> => {
      const words = data.messages.at(-1)?.text.split(' ') ?? [];
      for (const word of words.reverse()) {
        if (signal.aborted) break;
        await stream.write({ text: `${word} ` });
      }
      const usage = { promptTokens: words.length, completionTokens: words.length, durationMs: 0 };
      return { finish: 'stop', provider: 'example', model: 'backwards', usage };
    });
  },
});
