import {
  createMemoryLinks,
  Kernel,
  type LogLine,
  type PluginRecord,
  type PluginRunner,
  type PluginSource,
  type RunExit,
  type RunPressure,
  type RunRequest,
} from '@aico/kernel';
import {
  type ErrorReport,
  type LifecycleMessage,
  type Manifest,
  type PluginChanged,
  type Quota,
  RecordKind,
} from '@aico/schemas';
import { RawPeer } from '../bus/raw-peer.ts';
import { FakeClock } from './fake-clock.ts';

/** How the next process of a plugin behaves. */
export interface Behaviour {
  readonly onStart?: 'active' | 'silent' | 'fail' | 'exit';
  /** Why it fails, when it fails; its own words otherwise. */
  readonly reason?: unknown;
  /** Ignores a request to stop, and SIGTERM. */
  readonly stubborn?: boolean;
  readonly answersPings?: boolean;
  /** Of one that stood by, when it is told to activate. */
  readonly onActivate?: 'active' | 'fail' | 'silent';
  /** What it registers before it is active. */
  readonly serves?: readonly string[];
  readonly subscribes?: readonly string[];
}

export interface FakeProcess {
  /** Limits that were put in force while it ran. */
  readonly limits: Required<Quota>[];
  /** What its debugger was told, when it was started with one. */
  readonly debugged: string[];
  /** Speaks for its debugger. */
  debug: (message: string) => void;
  /** Tells of pressure, as a runner that measures does. */
  press: (pressure: RunPressure) => void;
  /** When it is to be replaced. */
  onHandOver: 'state' | 'fail' | 'exit' | 'silent';
  /** When it is to sleep: what it tells. */
  onSuspend: Omit<Extract<LifecycleMessage, { type: 'suspended' }>, 'type' | 'nonce'> | 'silent' | 'exit';
  readonly request: RunRequest;
  /** Whether it is gone. */
  gone: boolean;
  readonly signals: string[];
  /** What the kernel told it of its life. */
  readonly told: LifecycleMessage[];
  readonly peer: RawPeer;
  exit(exit: RunExit): void;
}

/** A kernel with processes that do what a test says. */
export class FakeWorld {
  readonly clock: FakeClock;
  readonly changes: PluginChanged[] = [];
  readonly processes: FakeProcess[] = [];
  readonly records: Map<string, PluginRecord>;
  readonly behaviours: Map<string, Behaviour>;
  /** Plugins that run only once their user wants them. */
  readonly foreign: Set<string>;
  readonly required = new Set<string>();
  readonly failures: unknown[] = [];
  readonly logs: { readonly plugin: string; readonly line: LogLine }[] = [];
  /** Told of each change as it happens. */
  onChange: (change: PluginChanged) => void = () => {};
  /** Happens before what is known of a plugin is on the disk. */
  onWrite: () => void | Promise<void> = () => {};
  /** Happens while a package is put in place. */
  onKeep: () => void | Promise<void> = () => {};
  readonly kernel: Kernel;
  readonly #manifests: Map<string, Manifest>;
  /** Versions that lie ready. */
  readonly ready = new Map<string, Manifest>();
  readonly #refused: Map<string, Error>;

  /** @param before whose installation it goes on with, as after a restart */
  constructor(manifests: readonly Manifest[], before?: FakeWorld) {
    this.#manifests = before === undefined ? new Map(manifests.map((each) => [each.id, each])) : before.#manifests;
    this.#refused = before === undefined ? new Map() : before.#refused;
    this.clock = before?.clock ?? new FakeClock();
    this.records = before?.records ?? new Map();
    this.behaviours = before?.behaviours ?? new Map();
    this.foreign = before?.foreign ?? new Set();
    this.kernel = new Kernel({
      source: this.#source(),
      runner: this.#runner(),
      clock: this.clock,
      state: {
        read: (id) => this.records.get(id),
        write: async (id, record) => {
          await this.onWrite();
          this.records.set(id, record);
        },
        remove: async (id) => void this.records.delete(id),
        beginRun: async () => ({ run: 1 }),
        endRun: async () => {},
      },
      configuration: { valuesOf: () => ({}), sourcesOf: () => ({}), set: async () => {} },
      policy: {
        isRequired: (id) => this.required.has(id),
        isEnabledByDefault: (id) => !this.foreign.has(id),
        isFromOutside: (id) => this.foreign.has(id),
      },
      version: '0.1.0',
      distribution: 'test',
      home: '/nowhere',
      onChange: (change) => {
        this.changes.push(change);
        this.onChange(change);
      },
      onLog: (plugin, line) => this.logs.push({ plugin, line }),
      onFailure: (_, error) => this.failures.push(error),
    });
  }

  /** Lets no further load of a plugin pass. */
  refuse(id: string, error: Error): void {
    this.#refused.set(id, error);
  }

  /** Lets every further load of a plugin pass. */
  admit(id: string): void {
    this.#refused.delete(id);
  }

  /** States that a plugin went through. */
  path(id: string): string[] {
    return this.changes.filter((change) => change.id === id).map((change) => change.to);
  }

  /** Lets the next installation of a plugin find another version. */
  replace(manifest: Manifest): void {
    this.ready.set(manifest.id, manifest);
  }

  /** The newest process of a plugin. */
  process(id: string): FakeProcess {
    const found = this.processes.findLast((each) => each.request.package.manifest.id === id);
    if (found === undefined) throw new Error(`no process of ${id}`);
    return found;
  }

  #source(): PluginSource {
    const reference = (manifest: Manifest) => ({ id: manifest.id, version: manifest.version, location: manifest.id });
    return {
      list: async () => [...this.#manifests.values()].map(reference),
      load: async ({ id, location }) => {
        const manifest = (location === 'ready' ? this.ready.get(id) : undefined) ?? this.#manifests.get(id);
        if (manifest === undefined) throw new Error(`no package of ${id}`);
        const refused = this.#refused.get(id);
        if (refused !== undefined) throw refused;
        return {
          manifest,
          files: new Map(),
          signer: { keyId: 'k', name: 'test' },
          tier: manifest.tier,
          digest: JSON.stringify(manifest),
        };
      },
      install: async (id) => {
        const manifest = this.ready.get(id) ?? this.#manifests.get(id);
        return { ...reference(manifest as Manifest), location: 'ready' };
      },
      ready: async () => [...this.ready.values()].map((manifest) => ({ ...reference(manifest), location: 'ready' })),
      keep: async ({ id }) => {
        await this.onKeep();
        const manifest = this.ready.get(id) ?? this.#manifests.get(id);
        this.ready.delete(id);
        this.#manifests.set(id, manifest as Manifest);
        return reference(manifest as Manifest);
      },
      discard: async ({ id }) => void this.ready.delete(id),
      remove: async (id) => void this.#manifests.delete(id),
    };
  }

  #runner(): PluginRunner {
    return {
      close: async () => {},
      start: async (request) => {
        const { id } = request.package.manifest;
        const behaviour = this.behaviours.get(id) ?? {};
        const [link, other] = createMemoryLinks();
        const peer = RawPeer.overLink(other);
        const exited = Promise.withResolvers<RunExit>();
        const signals: string[] = [];
        const tell = (data: LifecycleMessage) => peer.send({ kind: RecordKind.lifecycle, data });
        const made: FakeProcess = {
          request,
          signals,
          told: [],
          peer,
          gone: false,
          limits: [],
          debugged: [],
          debug: () => {},
          press: () => {},
          exit: exited.resolve,
          onHandOver: 'state',
          onSuspend: { state: { kept: 'all' } },
        };
        void exited.promise.then(() => {
          made.gone = true;
        });
        this.processes.push(made);
        void this.#live(made, behaviour, tell);
        return {
          link,
          confinement: [],
          processId: undefined,
          ...(request.inspected === true && {
            debugger: {
              send: (message: string) => void made.debugged.push(message),
              onMessage: (handler: (message: string) => void) => {
                made.debug = handler;
              },
            },
          }),
          exited: exited.promise,
          usage: () => undefined,
          onLog: () => {},
          onPressure: (handler) => {
            made.press = handler;
          },
          limit: (quota) => void made.limits.push(quota),
          kill: (signal) => {
            signals.push(signal);
            if (signal === 'SIGKILL' || behaviour.stubborn !== true) exited.resolve({ code: undefined, signal });
          },
        };
      },
    };
  }

  async #live(
    made: FakeProcess,
    behaviour: Behaviour,
    tell: (message: LifecycleMessage) => Promise<void>,
  ): Promise<void> {
    const { peer, exit } = made;
    const standby = made.request.standby === true;
    const { onStart = 'active', stubborn = false, answersPings = true } = behaviour;
    const register = async (): Promise<void> => {
      for (const topic of behaviour.serves ?? []) await peer.send({ kind: RecordKind.serve, correlation: 1, topic });
      for (const topic of behaviour.subscribes ?? [])
        await peer.send({ kind: RecordKind.subscribe, correlation: 1, topic });
    };
    if (onStart === 'active' && !standby) await register();
    if (onStart === 'active') await tell(standby ? { type: 'loaded' } : { type: 'active' });
    const error = behaviour.reason as ErrorReport;
    if (onStart === 'fail') await tell({ type: 'failed', problem: 'Error: it broke', ...(error && { error }) });
    if (onStart === 'exit') exit({ code: 3, signal: undefined });
    for (;;) {
      const message = (await peer.next(RecordKind.lifecycle)).data as LifecycleMessage;
      made.told.push(message);
      const { onActivate = 'active' } = behaviour;
      const { onHandOver } = made;
      const { onSuspend } = made;
      if (message.type === 'activate' && onActivate === 'active') {
        await register();
        await tell({ type: 'active' });
      }
      if (message.type === 'activate' && onActivate === 'fail')
        await tell({ type: 'failed', problem: 'Error: it broke' });
      if (message.type === 'handOver' && onHandOver === 'state') {
        await tell({
          type: 'handedOver',
          nonce: message.nonce,
          handedOver: { stateVersion: 1, state: { kept: 'all' } },
        });
      }
      if (message.type === 'handOver' && onHandOver === 'fail')
        await tell({ type: 'handedOver', nonce: message.nonce, problem: 'Error: no' });
      if (message.type === 'handOver' && onHandOver === 'exit') exit({ code: 3, signal: undefined });
      if (message.type === 'suspend' && onSuspend === 'exit') exit({ code: 3, signal: undefined });
      if (message.type === 'suspend' && typeof onSuspend === 'object')
        await tell({ type: 'suspended', nonce: message.nonce, ...onSuspend });
      if (message.type === 'ping' && answersPings) await tell({ type: 'pong', nonce: message.nonce });
      if (message.type === 'deactivate' && !stubborn) {
        await tell({ type: 'deactivated' });
        exit({ code: 0, signal: undefined });
      }
    }
  }
}

export function manifestOf(id: string, more: Partial<Manifest> = {}): Manifest {
  return {
    id,
    name: id,
    version: '1.0.0',
    description: id,
    author: 'test',
    tier: 'isolated',
    main: 'index.js',
    engines: { aico: '>=0.1.0' },
    permissions: [],
    ...more,
  };
}
