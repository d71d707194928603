import { readFileSync } from 'node:fs';
import type { GenerateResult, LlmStatus, Manifest, PluginContext, ProviderPut } from '@aico/sdk';
import { createTestKernel, serveSecrets, serveStorage, type TestKernel } from '@aico/sdk-testing';
import definition from '../../src/index.ts';
import { loadNetwork } from './network.ts';
import { promptOf } from './prompts.ts';

const manifest = JSON.parse(readFileSync(new URL('../../plugin.json', import.meta.url), 'utf8')) as Manifest;

const PERMISSIONS = [
  ...[
    'llm.generate.v1',
    'llm.status.get.v1',
    'llm.provider.select.v1',
    'llm.provider.put.v1',
    'llm.provider.delete.v1',
  ].map((topic) => ({ verb: 'request', topic }) as const),
  { verb: 'subscribe', topic: 'llm.status.changed.v1' } as const,
];

/** The plugin on a kernel of its own, with a peer that may ask it everything. */
export interface LoadedLlm extends AsyncDisposable {
  readonly kernel: TestKernel;
  readonly bus: PluginContext['bus'];
  readonly secrets: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Every status that was told, in order. */
  readonly told: readonly LlmStatus[];
  /** Ends the plugin and starts it again. */
  restart(configuration?: Record<string, unknown>): Promise<void>;
  status(): Promise<LlmStatus>;
  put(server: Omit<ProviderPut, 'id' | 'name'>): Promise<LlmStatus>;
  say(text: string, signal?: AbortSignal): Promise<{ readonly text: string; readonly result: GenerateResult }>;
}

export async function loadLlm(configuration: Record<string, unknown> = {}): Promise<LoadedLlm> {
  const kernel = await createTestKernel();
  await serveStorage(kernel);
  const secrets = await serveSecrets(kernel);
  await loadNetwork(kernel);
  const load = (values: Record<string, unknown>): Promise<PluginContext> =>
    kernel.load({
      manifest,
      definition,
      configuration: {
        ollamaUrl: 'http://127.0.0.1:9',
        findOllama: false,
        silenceSeconds: 5,
        scriptedWordMs: 0,
        ...values,
      },
    });
  await load(configuration);
  const { bus } = await kernel.peer({ id: 'tester', permissions: PERMISSIONS });
  const told: LlmStatus[] = [];
  await bus.subscribe('llm.status.changed.v1', ({ data }) => void told.push(data));
  return {
    kernel,
    bus,
    secrets,
    told,
    restart: async (values = {}) => {
      await kernel.unload('llm');
      await load({ ...configuration, ...values });
    },
    status: () => bus.request('llm.status.get.v1', {}),
    put: (server) => bus.request('llm.provider.put.v1', { id: 'mine', name: 'Mine', ...server }),
    say: async (said, signal) => {
      const stream = bus.stream(
        'llm.generate.v1',
        { messages: [...promptOf(said).messages] },
        signal ? { signal } : {},
      );
      let text = '';
      for await (const chunk of stream) text += chunk.text;
      return { text, result: await stream.result };
    },
    [Symbol.asyncDispose]: () => kernel.close(),
  };
}
