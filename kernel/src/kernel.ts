import { randomBytes } from 'node:crypto';
import {
  AicoError,
  type Notice,
  type Permission,
  type PluginChanged,
  type PluginState,
  type SystemStatus,
  type TopicContract,
  type Violation,
} from '@aico/schemas';
import { Broker } from './bus/broker.ts';
import { ContractTable } from './bus/contract-table.ts';
import type { Attachment, PeerOptions } from './bus/peer-options.ts';
import type {
  Clock,
  ConfigurationSource,
  Gallery,
  LogLine,
  PluginRunner,
  PluginSource,
  StateStore,
} from './contracts/index.ts';
import { serveControl, tellConfiguration } from './control/control-services.ts';
import { serveDebugger } from './control/debugger-services.ts';
import { permissionWords } from './control/permission-words.ts';
import { Conditions } from './lifecycle/conditions.ts';
import { Consent } from './lifecycle/consent.ts';
import { Inspections } from './lifecycle/inspections.ts';
import { Limits, quotaOf } from './lifecycle/limits.ts';
import type { ManagedPlugin } from './lifecycle/managed-plugin.ts';
import { Supervisor } from './lifecycle/supervisor.ts';
import { Pressures } from './quota/pressures.ts';
import { Refusals } from './trail/refusals.ts';
import { Trail } from './trail/trail.ts';

/** States that are worth a note. */
const NOTED: ReadonlySet<PluginState> = new Set(['rejected', 'revoked', 'crashed', 'quarantined']);
const FAILED: ReadonlySet<PluginState> = new Set(['rejected', 'revoked', 'crashed', 'backoff', 'quarantined']);

/** What the kernel is made of, and what it tells. */
export interface KernelOptions {
  readonly source: PluginSource;
  readonly runner: PluginRunner;
  readonly clock: Clock;
  readonly state: StateStore;
  readonly configuration: ConfigurationSource;
  readonly gallery?: Gallery;
  readonly policy: {
    /** Cannot be switched off. */
    readonly isRequired: (id: string) => boolean;
    /** Runs unless the user says otherwise. */
    readonly isEnabledByDefault: (id: string) => boolean;
    /** Is no part of the product: switching it on for the first time is its user's yes to what it asks. None when not given. */
    readonly isFromOutside?: (id: string) => boolean;
    /** Came with the product, and so cannot be removed. */
    readonly isPart?: (id: string) => boolean;
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
  /** The kernel itself has something to tell the user; it is in the status too. */
  readonly onNotice?: (notice: Notice) => void;
  readonly onFailure?: (subject: string, error: unknown) => void;
  readonly onStopRequest?: (reason: string) => void;
}

/** The four things that AICO's trusted core provides: bus, ACL, quotas, lifecycle. */
export class Kernel {
  readonly #options: KernelOptions;
  readonly #broker: Broker;
  readonly #supervisor: Supervisor;
  readonly #consent: Consent;
  readonly #conditions: Conditions;
  readonly #pressures: Pressures;
  readonly #trail: Trail;
  readonly #refusals: Refusals;
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
    this.#broker = new Broker(
      {
        contracts: new ContractTable(options.topics),
        clock,
        onFailure,
        onViolation: (violation) => this.#violated(violation),
        onExceeded: ({ id, limit, used }) => {
          const plugin = this.#supervisor.plugins.get(id);
          // Of one that has stopped meanwhile, nothing presses any more.
          if (plugin?.incarnation !== undefined) this.#pressures.exceeded(id, limit, quotaOf(plugin)[limit], used);
        },
      },
      `kernel-${randomBytes(6).toString('hex')}`,
    );
    this.#trail = new Trail(
      () => clock.now(),
      (last) => this.#broker.publishLocal('kernel.trail.grown.v1', { last }),
    );
    this.#refusals = new Refusals({
      clock,
      note: (note) => this.#trail.note(note),
      refusedInAll: () => this.#broker.totals.refused,
    });
    this.#conditions = new Conditions((name, holds) => {
      this.#broker.publishLocal('kernel.condition.changed.v1', { name, holds });
    });
    this.#pressures = new Pressures({
      clock,
      nameOf: (id) => this.#supervisor.plugins.get(id)?.manifest?.name ?? id,
      onPressure: (pressure) => this.#broker.publishLocal('kernel.pressure.raised.v1', pressure),
      onNotice: (notice) => this.#tell(notice),
    });
    const inspections = new Inspections({
      clock,
      supervisor: () => this.#supervisor,
      onChange: ({ id, inspected }, by) =>
        this.#trail.note({ kind: inspected ? 'debugger.opened' : 'debugger.closed', plugin: id, by }),
      onFailure,
    });
    this.#supervisor = new Supervisor({
      ...options,
      ...policy,
      broker: this.#broker,
      conditionHolds: (name) => this.#conditions.holds(name),
      onChange: (plugin, from) => this.#changed(plugin, from),
      onGone: (id) => this.#gone(id),
      onLog: options.onLog ?? (() => {}),
      onPressure: (id, pressure) => this.#pressures.raise(id, pressure),
      onDebugger: (id, incarnation, opened) => inspections.began(id, incarnation, opened),
      onFailure,
    });
    this.#consent = new Consent({
      supervisor: this.#supervisor,
      clock,
      trail: this.#trail,
      isRequired: policy.isRequired,
      onChange: (plugin) => this.#changed(plugin, plugin.state),
      onQuestion: (plugin, permission) => this.#ask(plugin, permission),
    });
    const limits = new Limits({
      supervisor: this.#supervisor,
      isRequired: policy.isRequired,
      onChange: (plugin) => {
        this.#pressures.review(plugin.id, quotaOf(plugin));
        this.#changed(plugin, plugin.state);
      },
    });
    serveDebugger(this.#broker, inspections);
    serveControl({
      consent: this.#consent,
      limits,
      pressures: this.#pressures,
      trail: this.#trail,
      broker: this.#broker,
      supervisor: this.#supervisor,
      conditions: this.#conditions,
      configuration: options.configuration,
      clock,
      isRequired: policy.isRequired,
      isPart: policy.isPart ?? policy.isRequired,
      gallery: options.gallery,
      status: () => this.status(),
      tell: (notice) => this.#tellOnce(notice),
      onChange: (plugin) => this.#changed(plugin, plugin.state),
      announce: (plugin, name, url) => this.#endpoints.set(name, { plugin, url }),
      requestStop: options.onStopRequest ?? (() => {}),
    });
  }

  /** Resolves when every plugin has settled: active, waiting, or failed by itself. */
  async start(): Promise<void> {
    const { state, version } = this.#options;
    this.#trail.begin(await state.beginRun());
    this.#trail.note({ kind: 'system.started', details: { version } });
    await this.#supervisor.boot();
    await this.#consent.used.write();
    this.#consent.used.begin();
    await this.#consent.expiries.look();
    this.#ready = true;
  }

  /** To be called when keys were trusted, distrusted or revoked. */
  reviewTrust(): Promise<void> {
    return this.#supervisor.reviewTrust();
  }

  /** Stops every plugin, dependents first. Shared and idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** To be called when settings changed by themselves, such as secrets that are at hand now, or no longer. */
  async refreshSettings(id: string): Promise<void> {
    const plugin = this.#supervisor.plugins.get(id);
    if (plugin?.incarnation === undefined) return;
    await this.#options.configuration.prepare?.(id, plugin.manifest?.configuration);
    tellConfiguration(this.#options.configuration, plugin);
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
        failed: wanted.filter((plugin) => FAILED.has(plugin.state) || plugin.lastFailure !== undefined).length,
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
    this.#consent.drop();
    this.#consent.expiries.end();
    this.#refusals.flush();
    await this.#consent.used.end();
    await this.#supervisor.stop();
    await this.#options.runner.close();
    await this.#options.state
      .endRun(this.#trail.last)
      .catch((error: unknown) => this.#options.onFailure?.('kernel', error));
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
    if (plugin.incarnation !== undefined) change.incarnation = plugin.incarnation.name;
    if (NOTED.has(plugin.state) && plugin.state !== from)
      this.#trail.note({
        kind: `plugin.${plugin.state}`,
        plugin: plugin.id,
        details: { code: plugin.error?.code ?? '' },
      });
    this.#options.onChange?.(change);
    this.#broker.publishLocal('kernel.plugin.changed.v1', change);
  }

  #violated(violation: Violation): void {
    const { sender, error } = violation;
    this.#refusals.add(violation);
    const { verb, topic } = error.details ?? {};
    if (error.code === 'KERNEL_PERMISSION_DENIED')
      this.#consent.deniedUse(sender, { verb: verb as Permission['verb'], topic: String(topic) });
    this.#options.onViolation?.(violation);
  }

  /** A question is seen in the app; for those who are not there, the status keeps it. */
  #ask({ id, manifest }: ManagedPlugin, permission: Permission): void {
    const details = { words: permissionWords(permission), id, topic: permission.topic };
    const { code, message, fix } = new AicoError('KERNEL_PERMISSION_ASKED', { subject: manifest?.name ?? id, details });
    const { verb, topic, reason } = permission;
    this.#trail.note({ kind: 'permission.asked', plugin: id, details: { verb, topic, purpose: reason } });
    this.#tell({ code, message, fix });
  }

  /** The same again is no news. */
  #tellOnce(notice: Notice): void {
    if (!this.#notices.some(({ code, message }) => code === notice.code && message === notice.message))
      this.#tell(notice);
  }

  #tell(notice: Notice): void {
    this.notice(notice);
    this.#options.onNotice?.(notice);
  }

  #gone(id: string): void {
    this.#consent.drop(id);
    this.#pressures.drop(id);
    this.#conditions.dropHolder(id);
    for (const [name, endpoint] of [...this.#endpoints]) {
      if (endpoint.plugin === id) this.#endpoints.delete(name);
    }
    // Whoever needed what it stood for is looked at again.
    void this.#supervisor.settle();
  }
}
