import { AicoError, type Grant, type KeptDecision, type Manifest } from '@aico/schemas';
import type { VerifiedPackage } from '../contracts/plugin-source.ts';
import { asksForMore } from './asks-for-more.ts';
import { blockersOf, cycleOf, dependentsOf, missingDependency } from './blockers.ts';
import { grantsFor, takenBack, withDecisions } from './grants-for.ts';
import { Incarnation, type IncarnationOptions } from './incarnation.ts';
import { asAicoError, describe, Intake } from './intake.ts';
import { bringUpToDate, lifeOf } from './life-of.ts';
import { ManagedPlugin, type NextVersion } from './managed-plugin.ts';
import { Naps } from './naps.ts';
import { refusedNeedOf, whyItLacks } from './refused-need.ts';
import { Restarts } from './restarts.ts';
import { withSettings } from './setting-grants.ts';
import { mayStandBeside, succeed, updateFailed } from './succeed.ts';
import type { SupervisorOptions } from './supervisor-options.ts';
import { Turns } from './turns.ts';

/**
 * Keeps every plugin at what is wished of it. Each plugin has one transition in flight; a wish that comes meanwhile is
 * looked at when it ends, so none is lost. Dependents stop before what they lean on.
 */
export class Supervisor {
  readonly plugins: Map<string, ManagedPlugin> = new Map();
  readonly #options: SupervisorOptions;
  readonly #intake: Intake;
  readonly #turns = new Turns();
  readonly #restarts: Restarts;
  readonly #naps: Naps;
  #stopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#intake = new Intake(options);
    this.#restarts = new Restarts({
      clock: options.clock,
      remember: (plugin, record) => this.remember(plugin, record),
      onDue: ({ id }) => void this.reconcile(id),
    });
    this.#naps = new Naps({
      clock: options.clock,
      turns: this.#turns,
      takeVerified: (plugin) => this.#intake.takeVerified(plugin),
      lifeOf: (plugin, verified) => this.#lifeOf(plugin, verified),
      onAwake: (plugin, incarnation) => {
        this.#own(plugin, incarnation);
        plugin.enter('active');
      },
      onFell: (plugin, error, signal) => {
        this.#fell(plugin, error, signal);
        this.#reconcileDependents(plugin);
      },
      onFailure: options.onFailure,
    });
  }

  /** Finds and verifies every plugin, then starts those that should run; resolves when each has settled. */
  async boot(): Promise<void> {
    const references = await this.#options.source.list();
    await Promise.all(references.map((reference) => this.#intake.verify(this.#adopt(reference))));
    for (const ready of await this.#options.source.ready())
      await this.#intake.remember(this.plugins.get(ready.id), ready);
    await this.settle();
  }

  /** Brings every plugin to what is wished of it now; resolves when no transition is left. */
  async settle(): Promise<void> {
    for (const id of this.plugins.keys()) void this.reconcile(id);
    await this.#turns.settled();
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
    const { awaitsConsent, ...known } = plugin.record;
    await this.remember(plugin, { ...known, enabled: true, crashes: [], quarantined: false });
    if (plugin.state === 'quarantined' || plugin.state === 'backoff' || plugin.state === 'crashed')
      this.#restarts.rest(plugin);
    if (plugin.state === 'rejected' || plugin.state === 'revoked') await this.#intake.verify(plugin);
    await this.reconcile(id);
  }

  /** @throws AicoError KERNEL_PLUGIN_REQUIRED */
  async disable(id: string): Promise<void> {
    const plugin = this.get(id);
    if (this.#options.isRequired(id))
      throw new AicoError('KERNEL_PLUGIN_REQUIRED', { subject: plugin.manifest?.name ?? id });
    await this.remember(plugin, { ...plugin.record, enabled: false });
    this.#turns.abort(id);
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
  async answerUpdate(id: string, accept: boolean, more: readonly KeptDecision[] = []): Promise<ManagedPlugin> {
    const plugin = this.get(id);
    const { next, record } = plugin;
    if (next === undefined) throw new AicoError('KERNEL_UPDATE_UNKNOWN', { subject: plugin.manifest?.name ?? id });
    if (!accept) {
      await this.#intake.forgetWaiting(plugin);
      this.#options.onChange(plugin, plugin.state);
      return plugin;
    }
    plugin.next = undefined;
    // The yes was to what is new: what was refused before stays refused.
    const { decisions = [] } = record;
    await this.remember(plugin, { ...record, decisions: withDecisions(decisions, more) });
    try {
      await this.#update(plugin, next);
    } catch (error) {
      await this.remember(plugin, { ...plugin.record, decisions: takenBack(plugin.record.decisions, more, decisions) });
      throw error;
    }
    return plugin;
  }

  /** Ends a plugin's process, if it runs, and starts another: what a process may touch is decided when it starts. */
  async restart(id: string): Promise<void> {
    await this.#leave(this.get(id), 'what it may touch has changed');
    await this.reconcile(id);
  }

  /** @throws AicoError KERNEL_PLUGIN_REQUIRED */
  async uninstall(id: string): Promise<void> {
    const plugin = this.get(id);
    await this.disable(id);
    await this.#intake.forgetWaiting(plugin);
    await this.#options.source.remove(id);
    await this.#options.state.remove(id);
    this.plugins.delete(id);
    await this.settle();
  }

  /** Looks again whether the key of each plugin is trusted: one whose is not any more stops at once. */
  async reviewTrust(): Promise<void> {
    const review = async (plugin: ManagedPlugin): Promise<void> => {
      const error = await this.#intake.whyRevoked(plugin);
      if (plugin.state === 'revoked' && error === undefined) await this.#intake.verify(plugin);
      if (plugin.state === 'rejected' || plugin.state === 'revoked' || error === undefined) return;
      plugin.verified = undefined;
      if (plugin.isUp) await this.#stopOne(plugin, 'its key is not trusted any more');
      if (plugin.state === 'backoff' || plugin.state === 'quarantined') this.#restarts.rest(plugin);
      plugin.enter('revoked', error);
    };
    const look = async (plugin: ManagedPlugin): Promise<void> => {
      if ((await this.#intake.whyRevoked(plugin)) !== undefined) this.#turns.abort(plugin.id);
      await this.#turns.take(plugin.id, () => review(plugin));
    };
    await Promise.all([...this.plugins.values()].map(look));
    await this.settle();
  }

  /** Stops everything, dependents first. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#turns.abortAll();
    await Promise.all([...this.plugins.values()].map((plugin) => this.#leave(plugin, 'AICO is stopping')));
  }

  grantsOf(plugin: ManagedPlugin, manifest: Manifest | undefined = plugin.manifest): readonly Grant[] {
    const { configuration, clock } = this.#options;
    const permissions = withSettings(manifest?.permissions ?? [], () => ({
      values: configuration.valuesOf(plugin.id, manifest?.configuration),
      sources: configuration.sourcesOf(plugin.id),
    }));
    return grantsFor(permissions, plugin.record.decisions, clock.now());
  }

  /** Looks at one plugin again; calls while a transition runs are answered by one more look after it. */
  reconcile(id: string): Promise<void> {
    return this.#turns
      .take(id, (signal) => this.#step(id, signal))
      .catch((error: unknown) => this.#options.onFailure(id, error));
  }

  async #step(id: string, signal: AbortSignal): Promise<void> {
    const plugin = this.plugins.get(id);
    const manifest = plugin?.manifest;
    if (plugin === undefined || manifest === undefined) return;
    // What is wrong with a package stays wrong, whether somebody wants it to run or not.
    if (plugin.state === 'rejected' || plugin.state === 'revoked') return;
    if (plugin.state === 'quarantined' || plugin.state === 'backoff') {
      if (!plugin.record.enabled || this.#stopping) this.#restarts.rest(plugin);
      return;
    }
    const wished = plugin.record.enabled && !this.#stopping && !plugin.leaving;
    const absent = wished ? (missingDependency(manifest, this.plugins) ?? cycleOf(id, this.plugins)) : undefined;
    const unmet = absent ?? (wished && !plugin.isUp ? whyItLacks(plugin) : undefined);
    const blockers = wished ? blockersOf(manifest, this.plugins, this.#options.conditionHolds) : [];
    plugin.waitingFor = blockers;
    const mayRun = wished && unmet === undefined && blockers.length === 0;
    if (plugin.isUp && !mayRun) {
      await this.#stopOne(plugin, wished ? 'what it needs is gone' : 'switched off');
      return this.#step(id, signal);
    }
    if (plugin.isUp) return;
    if (!wished) plugin.enter(plugin.awaitsConsent && !this.#stopping ? 'awaitingConsent' : 'stopped');
    else if (mayRun) await this.#start(plugin, signal);
    else plugin.enter('pending', unmet);
  }

  async #lifeOf(plugin: ManagedPlugin, verified: VerifiedPackage): Promise<IncarnationOptions> {
    await this.#options.configuration.prepare?.(plugin.id, verified.manifest.configuration);
    return lifeOf(plugin, verified, this.grantsOf(plugin, verified.manifest), this.#options);
  }

  #own(plugin: ManagedPlugin, incarnation: Incarnation): void {
    plugin.incarnation = incarnation;
    bringUpToDate(plugin, incarnation, this.grantsOf(plugin, incarnation.begunWith.manifest));
    void incarnation.ended.then((error) => this.#ended(plugin, incarnation, error));
    this.#naps.watch(plugin, incarnation);
  }

  async #start(plugin: ManagedPlugin, signal: AbortSignal): Promise<void> {
    const verified = await this.#intake.takeVerified(plugin);
    if (verified === undefined) return;
    try {
      plugin.enter('starting');
      this.#own(plugin, await Incarnation.start(await this.#lifeOf(plugin, verified), signal));
      plugin.enter('active');
      this.#reconcileDependents(plugin);
    } catch (error) {
      this.#fell(plugin, error, signal);
    }
  }

  /** It did not start, or not wake. What it said of itself while it tried holds no more. */
  #fell(plugin: ManagedPlugin, error: unknown, signal: AbortSignal): void {
    this.#options.onGone(plugin.id);
    plugin.lacks = plugin.state === 'starting' ? refusedNeedOf(plugin, error) : undefined;
    if (signal.aborted) plugin.enter('stopped');
    else if (plugin.lacks !== undefined) plugin.enter('pending', whyItLacks(plugin));
    else this.#restarts.crashed(plugin, asAicoError(error, plugin.id));
  }

  async #stopOne(plugin: ManagedPlugin, reason: string): Promise<void> {
    plugin.leaving = true;
    try {
      await Promise.all(dependentsOf(plugin, this.plugins).map((dependent) => this.reconcile(dependent.id)));
      // It may have ended by itself meanwhile.
      if (!plugin.isUp) return;
      plugin.enter('stopping');
      await plugin.incarnation?.stop(reason);
      plugin.incarnation = undefined;
      this.#naps.forget(plugin);
      this.#options.onGone(plugin.id);
      plugin.enter('stopped');
    } finally {
      plugin.leaving = false;
    }
  }

  /** Puts a version in the place of the one before. @throws AicoError KERNEL_PLUGIN_UPDATE_FAILED, with that one as it was */
  async #update(plugin: ManagedPlugin, next: NextVersion): Promise<void> {
    const turn = this.#turns.take(plugin.id, async (signal) => {
      // Whoever vouched for it when it was asked about may not any more, now that its turn comes.
      await this.#intake.examineAgain(plugin.id, next);
      await this.#naps.wake(plugin, signal);
      const { incarnation, manifest } = plugin;
      const beside = manifest !== undefined && mayStandBeside(manifest, next.verified.manifest);
      if (plugin.state === 'active' && incarnation !== undefined && beside)
        await this.#succeed(plugin, incarnation, next, signal);
      else await this.#replace(plugin, next, signal);
    });
    try {
      await turn;
    } finally {
      await this.settle();
    }
  }

  async #succeed(plugin: ManagedPlugin, running: Incarnation, next: NextVersion, signal: AbortSignal): Promise<void> {
    plugin.enter('updating');
    try {
      this.#own(plugin, await succeed(running, await this.#lifeOf(plugin, next.verified), signal));
    } catch (error) {
      const failure = updateFailed(plugin, next, error);
      await this.#options.source.discard(next.reference);
      if (plugin.incarnation === running) plugin.enter('active');
      else {
        this.#options.onGone(plugin.id);
        this.#restarts.crashed(plugin, failure);
      }
      throw failure;
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
  async #replace(plugin: ManagedPlugin, next: NextVersion, signal: AbortSignal): Promise<void> {
    const { reference } = plugin;
    const { crashes, quarantined } = plugin.record;
    const ran = plugin.state === 'active';
    if (ran) await this.#stopOne(plugin, 'a newer version takes its place');
    await this.#restarts.beginAnew(plugin);
    plugin.verified = next.verified;
    describe(plugin, next.verified);
    this.#intake.admit(plugin);
    if (ran) await this.#step(plugin.id, signal);
    if (!ran || plugin.state === 'active' || plugin.state === 'pending') {
      await this.#keep(plugin, next);
      return;
    }
    const failure = updateFailed(plugin, next, plugin.error);
    this.#restarts.restIfRestless(plugin);
    await this.#options.source.discard(next.reference);
    plugin.reference = reference;
    // Only the failures are forgotten: whether it is to run is as its user says by now.
    await this.remember(plugin, { ...plugin.record, crashes, quarantined });
    await this.#intake.verify(plugin);
    throw failure;
  }

  /** Stops a plugin whatever is wished of it. */
  async #leave(plugin: ManagedPlugin, reason: string): Promise<void> {
    await this.#turns.take(plugin.id, async () => {
      if (plugin.isUp) await this.#stopOne(plugin, reason);
      this.#restarts.restIfRestless(plugin);
    });
  }

  #ended(plugin: ManagedPlugin, incarnation: Incarnation, error: AicoError): void {
    plugin.noteUsed(incarnation);
    if (incarnation.sleeps) return;
    if (plugin.incarnation !== incarnation || (plugin.state !== 'active' && plugin.state !== 'updating')) return;
    plugin.incarnation = undefined;
    // Whoever updates it learns that there is nothing left to go back to.
    if (plugin.state === 'updating') return;
    this.#options.onGone(plugin.id);
    this.#restarts.crashed(plugin, error);
    this.#reconcileDependents(plugin);
  }

  #reconcileDependents(plugin: ManagedPlugin): void {
    for (const dependent of dependentsOf(plugin, this.plugins)) void this.reconcile(dependent.id);
  }

  #adopt(reference: { id: string; version: string; location: string }): ManagedPlugin {
    const { id } = reference;
    const { clock, state, isEnabledByDefault, isFromOutside, onChange, onFailure } = this.#options;
    const enabled = isEnabledByDefault(id);
    const awaitsConsent = !enabled && isFromOutside?.(id) === true;
    const record = state.read(id) ?? { enabled, awaitsConsent, crashes: [], quarantined: false };
    const plugin = new ManagedPlugin(reference, record, () => clock.now(), onChange, onFailure);
    this.plugins.set(id, plugin);
    return plugin;
  }

  /** Keeps what is known of a plugin; a disk that fails is told, and keeps nothing from going on. */
  async remember(plugin: ManagedPlugin, record: ManagedPlugin['record']): Promise<void> {
    plugin.record = record;
    await this.#options.state
      .write(plugin.id, record)
      .catch((error: unknown) => this.#options.onFailure(plugin.id, error));
  }
}
