import {
  createMemoryLinks,
  Kernel,
  type PluginRecord,
  type PluginRunner,
  type PluginSource,
  type RunExit,
  type RunRequest,
} from '@aico/kernel';
import { type ErrorReport, type LifecycleMessage, type Manifest, type PluginChanged, RecordKind } from '@aico/schemas';
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
}

export interface FakeProcess {
  readonly request: RunRequest;
  readonly signals: string[];
  readonly peer: RawPeer;
  exit(exit: RunExit): void;
}

/** A kernel with processes that do what a test says. */
export class FakeWorld {
  readonly clock = new FakeClock();
  readonly changes: PluginChanged[] = [];
  readonly processes: FakeProcess[] = [];
  readonly records = new Map<string, PluginRecord>();
  readonly behaviours = new Map<string, Behaviour>();
  readonly required = new Set<string>();
  readonly failures: unknown[] = [];
  readonly kernel: Kernel;
  readonly #manifests: Map<string, Manifest>;
  readonly #refused = new Map<string, Error>();

  constructor(manifests: readonly Manifest[]) {
    this.#manifests = new Map(manifests.map((manifest) => [manifest.id, manifest]));
    this.kernel = new Kernel({
      source: this.#source(),
      runner: this.#runner(),
      clock: this.clock,
      state: {
        read: (id) => this.records.get(id),
        write: async (id, record) => void this.records.set(id, record),
        remove: async (id) => void this.records.delete(id),
      },
      configuration: { valuesOf: () => ({}), sourcesOf: () => ({}), set: async () => {} },
      policy: { isRequired: (id) => this.required.has(id), isEnabledByDefault: () => true },
      version: '0.1.0',
      distribution: 'test',
      home: '/nowhere',
      onChange: (change) => this.changes.push(change),
      onFailure: (_, error) => this.failures.push(error),
    });
  }

  /** Lets no further load of a plugin pass. */
  refuse(id: string, error: Error): void {
    this.#refused.set(id, error);
  }

  /** States that a plugin went through. */
  path(id: string): string[] {
    return this.changes.filter((change) => change.id === id).map((change) => change.to);
  }

  /** Puts another version of a plugin where packages come from. */
  replace(manifest: Manifest): void {
    this.#manifests.set(manifest.id, manifest);
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
      load: async ({ id }) => {
        const manifest = this.#manifests.get(id) as Manifest;
        const refused = this.#refused.get(id);
        if (refused !== undefined) throw refused;
        return { manifest, files: new Map(), signer: { keyId: 'k', name: 'test' }, tier: manifest.tier, digest: 'd' };
      },
      install: async (id) => reference(this.#manifests.get(id) as Manifest),
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
        this.processes.push({ request, signals, peer, exit: exited.resolve });
        void this.#live(peer, behaviour, tell, exited.resolve);
        return {
          link,
          confinement: [],
          processId: undefined,
          exited: exited.promise,
          usage: () => undefined,
          onLog: () => {},
          kill: (signal) => {
            signals.push(signal);
            if (signal === 'SIGKILL' || behaviour.stubborn !== true) exited.resolve({ code: undefined, signal });
          },
        };
      },
    };
  }

  async #live(
    peer: RawPeer,
    behaviour: Behaviour,
    tell: (message: LifecycleMessage) => Promise<void>,
    exit: (exit: RunExit) => void,
  ): Promise<void> {
    const { onStart = 'active', stubborn = false, answersPings = true } = behaviour;
    if (onStart === 'active') await tell({ type: 'active' });
    const error = behaviour.reason as ErrorReport;
    if (onStart === 'fail') await tell({ type: 'failed', problem: 'Error: it broke', ...(error && { error }) });
    if (onStart === 'exit') exit({ code: 3, signal: undefined });
    for (;;) {
      const message = (await peer.next(RecordKind.lifecycle)).data as LifecycleMessage;
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
