import type { Manifest, Permission, PluginContext, PluginDefinition } from '@aico/sdk';
import {
  createTestKernel,
  type LoadOptions,
  serveBlobs,
  serveJournal,
  serveSecrets,
  serveStorage,
  serveVectors,
  type TestKernel,
} from '@aico/sdk-testing';
import type { ExampleManifest } from '../../examples/example-manifest.ts';

export interface Example {
  readonly manifest: ExampleManifest;
  readonly default: PluginDefinition;
}

/** An example that runs, and a tester who may do everything that the examples ask of others. */
export interface RunningExample extends AsyncDisposable {
  readonly kernel: TestKernel;
  readonly tester: PluginContext;
  /** Types `/example …` and returns the answer. */
  type(text: string): Promise<string>;
}

const TESTER: readonly Pick<Permission, 'verb' | 'topic'>[] = [
  { verb: 'request', topic: 'plugin.*.command.run.v1' },
  { verb: 'request', topic: 'plugin.*.view.ask.v1' },
  { verb: 'request', topic: 'llm.generate.v1' },
  { verb: 'request', topic: 'kernel.config.set.v1' },
  { verb: 'request', topic: 'kernel.permission.decide.v1' },
  { verb: 'request', topic: 'kernel.plugin.get.v1' },
  { verb: 'publish', topic: 'chat.message.created.v1' },
  { verb: 'subscribe', topic: 'vault.state.changed.v1' },
  { verb: 'subscribe', topic: 'kernel.condition.changed.v1' },
  { verb: 'serve', topic: 'memory.recall.v1' },
  { verb: 'serve', topic: 'llm.generate.v1' },
  { verb: 'serve', topic: 'chat.turn.run.v1' },
];

/** Loads an example as the plugin "example" into a kernel of its own. */
export async function runExample(example: Example, options: Partial<LoadOptions> = {}): Promise<RunningExample> {
  const kernel = await createTestKernel();
  await serveStorage(kernel);
  await serveSecrets(kernel);
  await serveVectors(kernel);
  await serveBlobs(kernel);
  if (!keepsEvents(example.manifest)) await serveJournal(kernel);
  const tester = await kernel.peer({ id: 'tester', permissions: TESTER });
  await kernel.load({ manifest: manifestOf(example.manifest), definition: example.default, ...options });
  return {
    kernel,
    tester,
    type: async (text) => {
      const reply = await tester.bus.request('plugin.example.command.run.v1', {
        name: 'example',
        arguments: text,
        conversation: '00000000-0000-4000-8000-000000000000',
        time: new Date().toISOString(),
      });
      return reply.text;
    },
    [Symbol.asyncDispose]: () => kernel.close(),
  };
}

function keepsEvents({ permissions }: ExampleManifest): boolean {
  return permissions.some(({ topic }) => topic === 'journal.append.v1');
}

export function manifestOf(manifest: ExampleManifest): Manifest {
  return {
    id: 'example',
    name: 'Example',
    version: '0.1.0',
    description: 'Shows one call.',
    author: 'AICO',
    tier: 'isolated',
    main: 'dist/bundle/index.js',
    engines: { aico: '^0.1.0' },
    ...manifest,
  };
}
