import type { Manifest } from '@aico/sdk';

/** What an example's plugin.json says beyond its name: above all, what it asks for. */
export type ExampleManifest = Pick<Manifest, 'permissions'> & Partial<Manifest>;

/** Every example answers the command of a plugin called "example". */
export const SERVE_COMMAND = {
  verb: 'serve',
  topic: 'plugin.example.command.run.v1',
  reason: 'To answer when you type /example.',
} as const;
