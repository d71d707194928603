import { randomBytes } from 'node:crypto';
import type { Notice, PluginChanged, PluginState, SystemStatus, TopicContract, Violation } from '@aico/schemas';
import { Broker } from './bus/broker.ts';
import { ContractTable } from './bus/contract-table.ts';
import type { Attachment, PeerOptions } from './bus/peer-options.ts';
import type { Clock, ConfigurationSource, LogLine, PluginRunner, PluginSource, StateStore } from './contracts/index.ts';
import { serveControl } from './control/control-services.ts';
import { Conditions } from './lifecycle/conditions.ts';
import type { ManagedPlugin } from './lifecycle/managed-plugin.ts';
import { Supervisor } from './lifecycle/supervisor.ts';

const FAILED: ReadonlySet<PluginState> = new Set(['rejected', 'revoked', 'crashed', 'backoff', 'quarantined']);

/** What the kernel is made of, and what it tells. */
export interface KernelOptions {
  readonly source: PluginSource;
  readonly runner: PluginRunner;
  readonly clock: Clock;
  readonly state: StateStore;
  readonly configuration: ConfigurationSource;
  readonly policy: {
    /** Cannot be switched off. */
    readonly isRequired: (id: string) => boolean;
    /** Runs unless the user says otherwise. */
    readonly isEnabledByDefault: (id: string) => boolean;
  };
  readonly version: string;
  readonly distribution: string;
  /** Folder of the user's data, shown in the status. */
  readonly home: string;
  /** The topic table in force; that of this release unless given. */
  readonly topics?: readonly TopicContract[];
  readonly onLog?: (plugin: string, line: LogLine) => void;
  readonly onViolation?: (violation: Violation) => void;
  readonly onChange?: (change: PluginChanged) => void;
  readonly onFailure?: (subject: string, error: unknown) => void;
  readonly onStopRequest?: (reason: string) => void;
}

/** The four things that AICO's trusted core provides: bus, ACL, quotas, lifecycle. */
export class Kernel {
  readonly #options: KernelOptions;
  readonly #broker: Broker;
  readonly #supervisor: Supervisor;
  readonly #conditions: Conditions;
  readonly #endpoints = new Map<string, { readonly plugin: string; readonly url: string }>();
  readonly #notices: Notice[] = [];
  readonly #startedAt: number;
  #ready = false;
  #stopped: Promise<void> | undefined;

  constructor(options: KernelOptions) {
    this.#options = options;
    const { clock, policy } = options;
    this.#startedAt = clock.now();
    const onFailure = options.onFailure ?? (() => {});
    const brokerOptions = { contracts: new ContractTable(options.topics), clock, onFailure };
    this.#broker = new Broker(
      options.onViolation === undefined ? brokerOptions : { ...brokerOptions, onViolation: options.onViolation },
      `kernel-${randomBytes(6).toString('hex')}`,
    );
    this.#conditions = new Conditions((name, holds) => {
      this.#broker.publishLocal('kernel.condition.changed.v1', { name, holds });
    });
    this.#supervisor = new Supervisor({
      ...options,
      ...policy,
      broker: this.#broker,
      conditionHolds: (name) => this.#conditions.holds(name),
      onChange: (plugin, from) => this.#changed(plugin, from),
      onGone: (id) => this.#gone(id),
      onLog: options.onLog ?? (() => {}),
      onFailure,
    });
    serveControl({
      broker: this.#broker,
      supervisor: this.#supervisor,
      conditions: this.#conditions,
      configuration: options.configuration,
      clock,
      isRequired: policy.isRequired,
      status: () => this.status(),
      announce: (plugin, name, url) => this.#endpoints.set(name, { plugin, url }),
      requestStop: options.onStopRequest ?? (() => {}),
    });
  }

  /** Resolves when every plugin has settled: active, waiting, or failed by itself. */
  async start(): Promise<void> {
    await this.#supervisor.boot();
    this.#ready = true;
  }

  /** Stops every plugin, dependents first. Shared and idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Puts a peer that is no plugin on the bus, such as the command line. */
  attachPeer(options: PeerOptions): Attachment {
    return this.#broker.attach(options);
  }

  /** Tells the user something, in the status. */
  notice(notice: Notice): void {
    this.#notices.push(notice);
    if (this.#notices.length > 100) this.#notices.shift();
  }

  /** Where plugins listen, by name. */
  endpoints(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#endpoints].map(([name, { url }]) => [name, url]));
  }

  status(): SystemStatus {
    const plugins = [...this.#supervisor.plugins.values()];
    const wanted = plugins.filter((plugin) => plugin.record.enabled);
    const now = this.#options.clock.now();
    return {
      version: this.#options.version,
      startedAt: new Date(this.#startedAt).toISOString(),
      uptimeMs: Math.max(0, Math.round(now - this.#startedAt)),
      ready: this.#ready,
      distribution: this.#options.distribution,
      home: this.#options.home,
      plugins: {
        total: plugins.length,
        active: plugins.filter((plugin) => plugin.state === 'active').length,
        failed: wanted.filter((plugin) => FAILED.has(plugin.state)).length,
      },
      conditions: { ...this.#conditions.all() },
      memoryMb: process.memoryUsage.rss() / 1024 / 1024,
      messages: { ...this.#broker.totals },
      endpoints: this.endpoints(),
      notices: [...this.#notices],
    };
  }

  async #stop(): Promise<void> {
    this.#ready = false;
    await this.#supervisor.stop();
    await this.#options.runner.close();
  }

  #changed(plugin: ManagedPlugin, from: PluginState): void {
    const change: PluginChanged = {
      id: plugin.id,
      name: plugin.manifest?.name ?? plugin.id,
      version: plugin.manifest?.version ?? plugin.reference.version,
      from,
      to: plugin.state,
      enabled: plugin.record.enabled,
    };
    if (plugin.error !== undefined) change.error = plugin.error.toReport();
    this.#options.onChange?.(change);
    this.#broker.publishLocal('kernel.plugin.changed.v1', change);
  }

  #gone(id: string): void {
    this.#conditions.dropHolder(id);
    for (const [name, endpoint] of [...this.#endpoints]) {
      if (endpoint.plugin === id) this.#endpoints.delete(name);
    }
    // Whoever needed what it stood for is looked at again.
    void this.#supervisor.settle();
  }
}
