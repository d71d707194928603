import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [SERVE_COMMAND],
  configuration: {
    type: 'object',
    properties: {
      greeting: { type: 'string', default: 'Hello', maxLength: 40, description: 'What to say first.' },
      loud: { type: 'boolean', default: false, description: 'Say it loudly.' },
    },
    additionalProperties: false,
  },
};

/** Reads its settings, which plugin.json describes, and notices when the user changes them. */
export default definePlugin({
  async activate({ bus, config, effect }) {
    let changes = 0;
    effect(() =>
      config.onChange(() => {
        changes += 1;
      }),
    );
    await bus.serve('plugin.example.command.run.v1', () => {
      const greeting = config.get<string>('greeting');
      const text = config.values['loud'] === true ? greeting.toUpperCase() : greeting;
      return { text: `${text} (changed ${changes} times)` };
    });
  },
});
