import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = { permissions: [SERVE_COMMAND] };

/** Counts what it does, and how long texts are; `aico plugin info` shows it. */
export default definePlugin({
  async activate({ bus, metrics }) {
    const commands = metrics.counter('commands', { description: 'Commands that came', labels: ['kind'] });
    const waiting = metrics.gauge('waiting');
    const length = metrics.histogram('text.length', { unit: '{characters}', bounds: [10, 100, 1_000] });
    await bus.serve('plugin.example.command.run.v1', ({ data }) => {
      waiting.record(1);
      commands.add(1, { kind: data.arguments === '' ? 'empty' : 'text' });
      length.record(data.arguments.length);
      waiting.record(0);
      return { text: 'Counted.' };
    });
  },
});
