import { randomBytes } from 'node:crypto';
import { AicoError, type Grant, type Manifest } from '@aico/schemas';
import type { VerifiedPackage } from '../contracts/plugin-source.ts';
import { completeQuota } from '../quota/defaults.ts';
import { asksForMore, wideningOf } from './asks-for-more.ts';
import { blockersOf, cycleOf, missingDependency } from './blockers.ts';
import { judgeCrash } from './crash-policy.ts';
import { grantsFor } from './grants-for.ts';
import { Incarnation, type IncarnationOptions } from './incarnation.ts';
import { asAicoError, describe, Intake } from './intake.ts';
import { ManagedPlugin, type NextVersion } from './managed-plugin.ts';
import { mayStandBeside, succeed, updateFailed } from './succeed.ts';
import type { SupervisorOptions } from './supervisor-options.ts';

/**
 * Keeps every plugin at what is wished of it. Each plugin has one transition in flight; a wish that comes meanwhile is
 * looked at when it ends, so none is lost. Dependents stop before what they lean on.
 */
export class Supervisor {
  readonly plugins: Map<string, ManagedPlugin> = new Map();
  readonly #options: SupervisorOptions;
  readonly #intake: Intake;
  readonly #transitions = new Map<string, Promise<void>>();
  readonly #aborts = new Map<string, AbortController>();
  readonly #stopBackoff = new Map<string, () => void>();
  #stopping = false;
  /** Transitions begun so far. */
  #started = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#intake = new Intake(options);
  }

  /** Finds and verifies every plugin, then starts those that should run; resolves when each has settled. */
  async boot(): Promise<void> {
    const references = await this.#options.source.list();
    await Promise.all(references.map((reference) => this.#intake.verify(this.#adopt(reference))));
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
    if (plugin.state === 'rejected') await this.#intake.verify(plugin);
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

  /** Takes in a package; a newer version of what is known takes its place, or waits for its user's yes when it asks for more. */
  async install(path: string): Promise<ManagedPlugin> {
    const { source } = this.#options;
    const reference = await source.install(path);
    const known = this.plugins.get(reference.id);
    if (known === undefined) {
      const plugin = this.#adopt(await source.keep(reference));
      await this.#intake.verify(plugin);
      await this.settle();
      return plugin;
    }
    const next = await this.#intake.examine(known.id, reference);
    await this.#intake.forgetWaiting(known, reference);
    if (known.manifest === undefined || !asksForMore(known.manifest, next.verified.manifest)) {
      await this.#update(known, next);
    } else {
      known.next = next;
      this.#options.onChange(known, known.state);
    }
    return known;
  }

  /** Answers for the user what a version asks that waits. @throws AicoError KERNEL_UPDATE_UNKNOWN */
  async answerUpdate(id: string, accept: boolean): Promise<ManagedPlugin> {
    const plugin = this.get(id);
    const { next, manifest, record } = plugin;
    if (next === undefined) throw new AicoError('KERNEL_UPDATE_UNKNOWN', { subject: plugin.manifest?.name ?? id });
    if (!accept) {
      await this.#intake.forgetWaiting(plugin);
      this.#options.onChange(plugin, plugin.state);
      return plugin;
    }
    plugin.next = undefined;
    const agreed = manifest === undefined ? [] : wideningOf(manifest, next.verified.manifest).permissions;
    // The yes was to what is new: what was refused before stays refused.
    const grants = record.grants === undefined ? undefined : [...record.grants, ...grantsFor(agreed)];
    await this.#remember(plugin, { ...record, grants });
    try {
      await this.#update(plugin, next);
    } catch (error) {
      await this.#remember(plugin, { ...plugin.record, grants: record.grants });
      throw error;
    }
    return plugin;
  }

  /** Ends a plugin's process, if it runs, and starts another: what a process may touch is decided when it starts. */
  async restart(id: string): Promise<void> {
    await this.#leave(this.get(id), 'what it may touch has changed');
    await this.reconcile(id);
  }

  async uninstall(id: string): Promise<void> {
    const plugin = this.get(id);
    if (this.#options.isRequired(id))
      throw new AicoError('KERNEL_PLUGIN_REQUIRED', { subject: plugin.manifest?.name ?? id });
    await this.disable(id);
    await this.#intake.forgetWaiting(plugin);
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

  grantsOf(plugin: ManagedPlugin, manifest: Manifest | undefined = plugin.manifest): readonly Grant[] {
    return plugin.record.grants ?? grantsFor(manifest?.permissions ?? []);
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

  /** What one life of a plugin is made of. */
  #lifeOf(plugin: ManagedPlugin, verified: VerifiedPackage): IncarnationOptions {
    const { broker, runner, clock, configuration, onLog } = this.#options;
    const { manifest } = verified;
    return {
      broker,
      runner,
      clock,
      package: verified,
      name: `${plugin.id}-${randomBytes(6).toString('hex')}`,
      grants: this.grantsOf(plugin, manifest),
      quota: completeQuota(manifest.quota),
      configuration: configuration.valuesOf(plugin.id, manifest.configuration),
      onLog: (line) => onLog(plugin.id, line),
    };
  }

  #own(plugin: ManagedPlugin, incarnation: Incarnation): void {
    plugin.incarnation = incarnation;
    void incarnation.ended.then((error) => this.#ended(plugin, incarnation, error));
  }

  async #start(plugin: ManagedPlugin): Promise<void> {
    const verified = await this.#intake.takeVerified(plugin);
    if (verified === undefined) return;
    const abort = new AbortController();
    this.#aborts.set(plugin.id, abort);
    try {
      plugin.enter('starting');
      this.#own(plugin, await Incarnation.start(this.#lifeOf(plugin, verified), abort.signal));
      plugin.enter('active');
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

  /** Puts a version in the place of the one before. @throws AicoError KERNEL_PLUGIN_UPDATE_FAILED, with that one as it was */
  async #update(plugin: ManagedPlugin, next: NextVersion): Promise<void> {
    const { id } = plugin;
    const before = this.#transitions.get(id) ?? Promise.resolve();
    const turn = before.then(async () => {
      const { incarnation, manifest } = plugin;
      const beside = manifest !== undefined && mayStandBeside(manifest, next.verified.manifest);
      if (plugin.state === 'active' && incarnation !== undefined && beside)
        await this.#succeed(plugin, incarnation, next);
      else await this.#replace(plugin, next);
    });
    this.#transitions.set(
      id,
      turn.catch(() => {}),
    );
    try {
      await turn;
    } finally {
      await this.settle();
    }
  }

  async #succeed(plugin: ManagedPlugin, running: Incarnation, next: NextVersion): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(plugin.id, abort);
    plugin.enter('updating');
    try {
      this.#own(plugin, await succeed(running, this.#lifeOf(plugin, next.verified), abort.signal));
    } catch (error) {
      const failure = updateFailed(plugin, next, error);
      await this.#options.source.discard(next.reference);
      if (plugin.incarnation === running) plugin.enter('active');
      else {
        this.#options.onGone(plugin.id);
        this.#crashed(plugin, failure);
      }
      throw failure;
    } finally {
      this.#aborts.delete(plugin.id);
    }
    describe(plugin, next.verified);
    plugin.enter('active');
    await this.#keep(plugin, next);
    await running.stop('its newer version took over');
  }

  /** What runs goes on running when its package cannot be put in place; the version before is then the one that starts next. */
  async #keep(plugin: ManagedPlugin, { reference }: NextVersion): Promise<void> {
    try {
      plugin.reference = await this.#options.source.keep(reference);
    } catch (error) {
      this.#options.onFailure(plugin.id, error);
    }
  }

  /** Stops the version before, then starts the new one; goes back when that fails. */
  async #replace(plugin: ManagedPlugin, next: NextVersion): Promise<void> {
    const { reference } = plugin;
    const { crashes, quarantined } = plugin.record;
    const ran = plugin.state === 'active';
    if (ran) await this.#stopOne(plugin, 'a newer version takes its place');
    else this.#rest(plugin);
    plugin.verified = next.verified;
    describe(plugin, next.verified);
    this.#intake.admit(plugin);
    if (ran) await this.#step(plugin.id);
    if (!ran || plugin.state === 'active' || plugin.state === 'pending') {
      await this.#keep(plugin, next);
      return;
    }
    const failure = updateFailed(plugin, next, plugin.error);
    this.#rest(plugin);
    await this.#options.source.discard(next.reference);
    plugin.reference = reference;
    // Only the failures are forgotten: whether it is to run is as its user says by now.
    await this.#remember(plugin, { ...plugin.record, crashes, quarantined });
    await this.#intake.verify(plugin);
    throw failure;
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
    if (plugin.incarnation !== incarnation || (plugin.state !== 'active' && plugin.state !== 'updating')) return;
    plugin.incarnation = undefined;
    // Whoever updates it learns that there is nothing left to go back to.
    if (plugin.state === 'updating') return;
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

  async #remember(plugin: ManagedPlugin, record: ManagedPlugin['record']): Promise<void> {
    plugin.record = record;
    await this.#options.state
      .write(plugin.id, record)
      .catch((error: unknown) => this.#options.onFailure(plugin.id, error));
  }
}
