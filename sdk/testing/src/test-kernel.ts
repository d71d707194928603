import { createMemoryLinks, DEFAULT_QUOTA, Kernel } from '@aico/kernel';
import {
  AicoError,
  type Grant,
  type Permission,
  type PermissionDecision,
  type PluginChanged,
  type PluginMetric,
  type Quota,
  TOPICS,
  type TopicContract,
  type Violation,
} from '@aico/schemas';
import type { PluginContext } from '@aico/sdk';
import { startPlugin } from '@aico/sdk/internal';
import { createMemoryPort } from './memory-port.ts';
import { MemoryConfiguration, MemoryState, systemClock } from './memory-ports.ts';
import { MemoryRunner, nodeTimers } from './memory-runner.ts';
import { MemorySource, type TestPlugin } from './memory-source.ts';

/** What the test's plugins logged. */
export interface LoggedLine {
  readonly plugin: string;
  readonly level: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface LoadOptions extends TestPlugin {
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** What the user said of single permissions; what is optional is refused when not named. */
  readonly decisions?: readonly PermissionDecision[];
  /** Wait for the manifest's `needs` and `dependencies` as the product does; a test stands in for them otherwise. */
  readonly keepNeeds?: boolean;
}

export interface PeerRequest {
  readonly id: string;
  readonly permissions: readonly Pick<Permission, 'verb' | 'topic' | 'constraints'>[];
  /** What the kernel lets it use, where it is not the default. */
  readonly quota?: Quota;
}

/** An in-memory kernel with the real broker, ACL, schemas, quotas and lifecycle. */
export interface TestKernel extends AsyncDisposable {
  /** Installs and activates a plugin; returns its context. @throws AicoError when it does not become active */
  load(options: LoadOptions): Promise<PluginContext>;
  unload(id: string): Promise<void>;
  /** A context for the test itself, to stand in for other plugins. */
  peer(request: PeerRequest): Promise<PluginContext>;
  /** What a plugin counts of itself, as its user would see it; told at once first, then once a second. */
  metrics(id: string): Promise<readonly PluginMetric[]>;
  readonly logs: readonly LoggedLine[];
  readonly violations: readonly Violation[];
  readonly changes: readonly PluginChanged[];
  close(): Promise<void>;
}

const CONTROL = ['install', 'enable', 'uninstall', 'get'].map((verb) => `kernel.plugin.${verb}.v1`);

/** All of a test is one process: there is nobody to seal for. What is sealed is shown to nobody who watches, as ever. */
const OPEN_TOPICS: readonly TopicContract[] = TOPICS.map(({ sealed, ...topic }) =>
  sealed === undefined ? topic : { ...topic, redacted: true },
);

/** Makes a kernel for a test; close it, or declare it with `await using`. */
export async function createTestKernel(): Promise<TestKernel> {
  const source = new MemorySource();
  const runner = new MemoryRunner(source);
  const state = new MemoryState();
  const configuration = new MemoryConfiguration();
  const logs: LoggedLine[] = [];
  const violations: Violation[] = [];
  const changes: PluginChanged[] = [];
  const kernel = new Kernel({
    source,
    runner,
    clock: systemClock,
    topics: OPEN_TOPICS,
    state,
    configuration,
    policy: { isRequired: () => false, isEnabledByDefault: () => true },
    version: '0.1.0',
    distribution: 'test',
    home: '',
    onLog: (plugin, line) => logs.push({ plugin, ...line }),
    onViolation: (violation) => violations.push(violation),
    onChange: (change) => changes.push(change),
    onFailure: (subject, error) => logs.push({ plugin: subject, level: 'error', message: String(error) }),
  });
  await kernel.start();
  const peers: (() => void)[] = [];

  const peer = async ({ id, permissions, quota }: PeerRequest): Promise<PluginContext> => {
    const [kernelEnd, peerEnd] = createMemoryLinks();
    const grants = permissions.map((permission): Grant => ({ ...permission, effect: 'allow' }));
    const active = Promise.withResolvers<void>();
    const { detach } = kernel.attachPeer({
      id,
      incarnation: `${id}-test`,
      grants,
      quota: { ...DEFAULT_QUOTA, messagesPerSecond: 1_000_000, messageBytes: 16 * 1024 * 1024, ...quota },
      link: kernelEnd,
      onLifecycle: () => active.resolve(),
    });
    peers.push(detach);
    const context = startPlugin({
      port: createMemoryPort(peerEnd),
      timers: nodeTimers,
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
      definition: { activate: () => {} },
      manifest: { id, version: '0.0.0' },
      grants,
      configuration: {},
      assets: { read: () => undefined, paths: [] },
      dataFolder: undefined,
      onEnd: () => {},
    });
    await active.promise;
    return context;
  };
  const control = await peer({ id: 'cli', permissions: CONTROL.map((topic) => ({ verb: 'request', topic })) });

  const load = async (options: LoadOptions): Promise<PluginContext> => {
    const { needs, dependencies, ...rest } = options.manifest;
    const manifest = options.keepNeeds === true ? options.manifest : rest;
    const { id } = manifest;
    source.plugins.set(id, { ...options, manifest });
    if (options.configuration !== undefined) await configuration.set(id, undefined, options.configuration);
    const { decisions = [] } = options;
    await state.write(id, { enabled: true, decisions, crashes: [], quarantined: false });
    const info = await control.bus.request('kernel.plugin.install.v1', { path: id });
    const context = runner.contexts.get(id);
    if (info.state === 'active' && context !== undefined) return context;
    if (info.error !== undefined) throw AicoError.fromReport(info.error);
    throw new AicoError('KERNEL_PLUGIN_ACTIVATE_FAILED', { subject: id, details: { problem: `it is ${info.state}` } });
  };
  const close = async (): Promise<void> => {
    await kernel.stop();
    for (const detach of peers) detach();
  };
  return {
    load,
    peer,
    unload: async (id) => {
      await control.bus.request('kernel.plugin.uninstall.v1', { id });
    },
    metrics: async (id) => (await control.bus.request('kernel.plugin.get.v1', { id })).metrics ?? [],
    logs,
    violations,
    changes,
    close,
    [Symbol.asyncDispose]: close,
  };
}
