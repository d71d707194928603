import { randomBytes } from 'node:crypto';
import { AicoError, type Grant, isAicoError } from '@aico/schemas';
import type { VerifiedPackage } from '../contracts/plugin-source.ts';
import { completeQuota } from '../quota/defaults.ts';
import { asksForMore } from './asks-for-more.ts';
import { blockersOf, cycleOf, missingDependency, unfit } from './blockers.ts';
import { judgeCrash } from './crash-policy.ts';
import { Incarnation } from './incarnation.ts';
import { ManagedPlugin } from './managed-plugin.ts';
import type { SupervisorOptions } from './supervisor-options.ts';

/**
 * Keeps every plugin at what is wished of it. Each plugin has one transition in flight; a wish that comes meanwhile is
 * looked at when it ends, so none is lost. Dependents stop before what they lean on.
 */
export class Supervisor {
  readonly plugins: Map<string, ManagedPlugin> = new Map();
  readonly #options: SupervisorOptions;
  readonly #transitions = new Map<string, Promise<void>>();
  readonly #aborts = new Map<string, AbortController>();
  readonly #stopBackoff = new Map<string, () => void>();
  #stopping = false;
  /** Transitions begun so far. */
  #started = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Finds and verifies every plugin, then starts those that should run; resolves when each has settled. */
  async boot(): Promise<void> {
    const references = await this.#options.source.list();
    await Promise.all(references.map((reference) => this.#verify(this.#adopt(reference))));
    await this.settle();
  }

  /** Brings every plugin to what is wished of it now; resolves when no transition is left. */
  async settle(): Promise<void> {
    for (const id of this.plugins.keys()) void this.reconcile(id);
    for (let seen = 0; seen !== this.#started; ) {
      seen = this.#started;
      await Promise.all(this.#transitions.values());
    }
  }

  /** Looks again at every plugin that needs a condition; resolves when they have settled. */
  async settleNeeding(condition: string): Promise<void> {
    const needing = [...this.plugins.values()].filter((plugin) => plugin.manifest?.needs?.includes(condition));
    await Promise.all(needing.map((plugin) => this.reconcile(plugin.id)));
  }

  /** @throws AicoError KERNEL_PLUGIN_UNKNOWN */
  get(id: string): ManagedPlugin {
    const plugin = this.plugins.get(id);
    if (plugin === undefined) throw new AicoError('KERNEL_PLUGIN_UNKNOWN', { subject: id });
    return plugin;
  }

  async enable(id: string): Promise<void> {
    const plugin = this.get(id);
    const fresh = { ...plugin.record, enabled: true, crashes: [], quarantined: false };
    await this.#remember(plugin, fresh);
    if (plugin.state === 'quarantined' || plugin.state === 'backoff' || plugin.state === 'crashed') this.#rest(plugin);
    if (plugin.state === 'rejected') await this.#verify(plugin);
    await this.reconcile(id);
  }

  /** @throws AicoError KERNEL_PLUGIN_REQUIRED */
  async disable(id: string): Promise<void> {
    const plugin = this.get(id);
    if (this.#options.isRequired(id))
      throw new AicoError('KERNEL_PLUGIN_REQUIRED', { subject: plugin.manifest?.name ?? id });
    await this.#remember(plugin, { ...plugin.record, enabled: false });
    this.#aborts.get(id)?.abort();
    await this.reconcile(id);
  }

  async install(path: string): Promise<ManagedPlugin> {
    const reference = await this.#options.source.install(path);
    const known = this.plugins.get(reference.id);
    if (known !== undefined) await this.#leave(known, 'updated');
    const plugin = known ?? this.#adopt(reference);
    const before = plugin.manifest;
    plugin.reference = reference;
    await this.#verify(plugin);
    // What asks for more than the user agreed to waits until the user switches it on again.
    if (before !== undefined && plugin.manifest !== undefined && asksForMore(before, plugin.manifest)) {
      await this.#remember(plugin, { ...plugin.record, enabled: false });
    }
    await this.settle();
    return plugin;
  }

  async uninstall(id: string): Promise<void> {
    const plugin = this.get(id);
    if (this.#options.isRequired(id))
      throw new AicoError('KERNEL_PLUGIN_REQUIRED', { subject: plugin.manifest?.name ?? id });
    await this.disable(id);
    await this.#options.source.remove(id);
    await this.#options.state.remove(id);
    this.plugins.delete(id);
    await this.settle();
  }

  /** Stops everything, dependents first. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const undo of this.#stopBackoff.values()) undo();
    for (const abort of this.#aborts.values()) abort.abort();
    await Promise.all([...this.plugins.values()].map((plugin) => this.#leave(plugin, 'AICO is stopping')));
  }

  grantsOf(plugin: ManagedPlugin): readonly Grant[] {
    if (plugin.record.grants !== undefined) return plugin.record.grants;
    const wanted = (plugin.manifest?.permissions ?? []).filter((permission) => permission.optional !== true);
    return wanted.map(({ verb, topic, constraints }) =>
      constraints === undefined ? { verb, topic, effect: 'allow' } : { verb, topic, effect: 'allow', constraints },
    );
  }

  /** Looks at one plugin again; calls while a transition runs are answered by one more look after it. */
  reconcile(id: string): Promise<void> {
    const before = this.#transitions.get(id) ?? Promise.resolve();
    const next = before.then(() => this.#step(id)).catch((error: unknown) => this.#options.onFailure(id, error));
    this.#started += 1;
    this.#transitions.set(id, next);
    return next;
  }

  async #step(id: string): Promise<void> {
    const plugin = this.plugins.get(id);
    const manifest = plugin?.manifest;
    if (plugin === undefined || manifest === undefined) return;
    // What is wrong with a package stays wrong, whether somebody wants it to run or not.
    if (plugin.state === 'rejected') return;
    if (plugin.state === 'quarantined' || plugin.state === 'backoff') {
      if (!plugin.record.enabled || this.#stopping) this.#rest(plugin);
      return;
    }
    const wished = plugin.record.enabled && !this.#stopping && !plugin.leaving;
    const unmet = wished ? (missingDependency(manifest, this.plugins) ?? cycleOf(id, this.plugins)) : undefined;
    const blockers = wished ? blockersOf(manifest, this.plugins, this.#options.conditionHolds) : [];
    plugin.waitingFor = blockers;
    const mayRun = wished && unmet === undefined && blockers.length === 0;
    if (plugin.state === 'active' && !mayRun)
      await this.#stopOne(plugin, wished ? 'what it needs is gone' : 'switched off');
    if (plugin.state === 'active') return;
    if (!wished) plugin.enter('stopped');
    else if (mayRun) await this.#start(plugin);
    else plugin.enter('pending', unmet);
  }

  async #start(plugin: ManagedPlugin): Promise<void> {
    const verified = await this.#takeVerified(plugin);
    if (verified === undefined) return;
    const { manifest } = verified;
    const abort = new AbortController();
    this.#aborts.set(plugin.id, abort);
    try {
      plugin.enter('starting');
      const incarnation = await Incarnation.start(
        {
          broker: this.#options.broker,
          runner: this.#options.runner,
          clock: this.#options.clock,
          package: verified,
          name: `${plugin.id}-${randomBytes(6).toString('hex')}`,
          grants: this.grantsOf(plugin),
          quota: completeQuota(manifest.quota),
          configuration: this.#options.configuration.valuesOf(plugin.id, manifest.configuration),
          onLog: (line) => this.#options.onLog(plugin.id, line),
        },
        abort.signal,
      );
      plugin.incarnation = incarnation;
      plugin.enter('active');
      void incarnation.ended.then((error) => this.#ended(plugin, incarnation, error));
      this.#reconcileDependents(plugin);
    } catch (error) {
      if (abort.signal.aborted) plugin.enter('stopped');
      else this.#crashed(plugin, asAicoError(error, plugin.id));
    } finally {
      this.#aborts.delete(plugin.id);
    }
  }

  async #stopOne(plugin: ManagedPlugin, reason: string): Promise<void> {
    plugin.leaving = true;
    try {
      await Promise.all(this.#dependentsOf(plugin).map((dependent) => this.reconcile(dependent.id)));
      plugin.enter('stopping');
      await plugin.incarnation?.stop(reason);
      plugin.incarnation = undefined;
      this.#options.onGone(plugin.id);
      plugin.enter('stopped');
    } finally {
      plugin.leaving = false;
    }
  }

  /** Stops a plugin whatever is wished of it. */
  async #leave(plugin: ManagedPlugin, reason: string): Promise<void> {
    const before = this.#transitions.get(plugin.id) ?? Promise.resolve();
    const next = before.then(async () => {
      if (plugin.state === 'active') await this.#stopOne(plugin, reason);
      else this.#rest(plugin);
    });
    this.#transitions.set(plugin.id, next);
    await next;
  }

  #ended(plugin: ManagedPlugin, incarnation: Incarnation, error: AicoError): void {
    if (plugin.incarnation !== incarnation || plugin.state !== 'active') return;
    plugin.incarnation = undefined;
    this.#options.onGone(plugin.id);
    this.#crashed(plugin, error);
    this.#reconcileDependents(plugin);
  }

  #reconcileDependents(plugin: ManagedPlugin): void {
    for (const dependent of this.#dependentsOf(plugin)) void this.reconcile(dependent.id);
  }

  #crashed(plugin: ManagedPlugin, error: AicoError): void {
    plugin.enter('crashed', error);
    const verdict = judgeCrash(plugin.record.crashes, this.#options.clock.now(), Math.random());
    const quarantined = verdict.kind === 'quarantine';
    void this.#remember(plugin, { ...plugin.record, crashes: verdict.crashes, quarantined });
    if (verdict.kind === 'quarantine') {
      plugin.enter('quarantined', error);
      return;
    }
    plugin.enter('backoff', error);
    plugin.restarts += 1;
    const undo = this.#options.clock.after(verdict.delayMs, () => {
      if (plugin.state === 'backoff') this.#rest(plugin);
      void this.reconcile(plugin.id);
    });
    this.#stopBackoff.set(plugin.id, undo);
  }

  /** Ends a backoff or quarantine, so that the next look may start the plugin. */
  #rest(plugin: ManagedPlugin): void {
    this.#stopBackoff.get(plugin.id)?.();
    this.#stopBackoff.delete(plugin.id);
    plugin.enter('stopped');
  }

  /** Who names a plugin as a dependency, or needs a condition that it sets. */
  #dependentsOf({ id, manifest }: ManagedPlugin): ManagedPlugin[] {
    const conditions = manifest?.conditions ?? [];
    return [...this.plugins.values()].filter(
      ({ manifest: other }) =>
        Object.hasOwn(other?.dependencies ?? {}, id) || other?.needs?.some((need) => conditions.includes(need)),
    );
  }

  #adopt(reference: { id: string; version: string; location: string }): ManagedPlugin {
    const { id } = reference;
    const fresh = { enabled: this.#options.isEnabledByDefault(id), grants: undefined, crashes: [], quarantined: false };
    const record = this.#options.state.read(id) ?? fresh;
    const plugin = new ManagedPlugin(reference, record, () => this.#options.clock.now(), this.#options.onChange);
    this.plugins.set(id, plugin);
    return plugin;
  }

  /** Verifies a package and judges whether it fits, anew at each load. @throws AicoError */
  async #load(plugin: ManagedPlugin): Promise<VerifiedPackage> {
    const verified = await this.#options.source.load(plugin.reference);
    const { manifest } = verified;
    plugin.manifest = manifest;
    plugin.trust = { tier: verified.tier, signer: verified.signer.name };
    this.#options.configuration.valuesOf(plugin.id, manifest.configuration);
    const error = unfit(manifest, this.#options.version);
    if (error !== undefined) throw error;
    return verified;
  }

  /** The package to start, verified once for each start; undefined when it is rejected now. */
  async #takeVerified(plugin: ManagedPlugin): Promise<VerifiedPackage | undefined> {
    const { verified } = plugin;
    plugin.verified = undefined;
    if (verified !== undefined) return verified;
    try {
      return await this.#load(plugin);
    } catch (error) {
      plugin.enter('rejected', asAicoError(error, plugin.id));
      return undefined;
    }
  }

  /** Takes a package in; one that does not pass is rejected, named, and disturbs nobody. */
  async #verify(plugin: ManagedPlugin): Promise<void> {
    plugin.enter('verifying');
    try {
      plugin.verified = await this.#load(plugin);
      if (plugin.record.quarantined) plugin.enter('quarantined', quarantinedBefore(plugin));
      else plugin.enter('installed');
    } catch (error) {
      plugin.verified = undefined;
      plugin.enter('rejected', asAicoError(error, plugin.id));
    }
  }

  async #remember(plugin: ManagedPlugin, record: ManagedPlugin['record']): Promise<void> {
    plugin.record = record;
    await this.#options.state
      .write(plugin.id, record)
      .catch((error: unknown) => this.#options.onFailure(plugin.id, error));
  }
}

/** What is known of a quarantine that began before this start. */
function quarantinedBefore({ id, record }: ManagedPlugin): AicoError {
  return new AicoError('KERNEL_PLUGIN_QUARANTINED', { subject: id, details: { count: record.crashes.length } });
}

function asAicoError(error: unknown, subject: string): AicoError {
  if (isAicoError(error)) return error;
  const problem = error instanceof Error ? error.message : String(error);
  return new AicoError('KERNEL_PLUGIN_ACTIVATE_FAILED', { subject, details: { problem }, cause: error });
}
