import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    { verb: 'request', topic: 'memory.recall.v1', reason: 'To answer from what you said before.' },
  ],
};

/** Hands on its own end: `ctx.signal` aborts at unload, `signal` of a request when whoever asked goes away. */
export default definePlugin({
  async activate(ctx) {
    await ctx.bus.serve('plugin.example.command.run.v1', async ({ data, signal }) => {
      const either = AbortSignal.any([ctx.signal, signal]);
      const { hits } = await ctx.bus.request('memory.recall.v1', { text: data.arguments }, { signal: either });
      return { text: `${hits.length} memories` };
    });
  },
});
