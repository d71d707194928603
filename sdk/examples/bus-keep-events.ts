import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    { verb: 'serve', topic: 'journal.append.v1', reason: 'To keep the events that must not be lost.' },
  ],
};

/** Stands in for the journal: every publisher of a durable topic waits until this resolves. One plugin does it for all. */
export default definePlugin({
  async activate({ bus }) {
    const kept: string[] = [];
    await bus.keepEvents(async ({ topic, sender }) => ({ sequence: kept.push(`${topic} of ${sender}`) }));
    await bus.serve('plugin.example.command.run.v1', () => ({ text: kept.join(', ') }));
  },
});
