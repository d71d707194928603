import { AicoError, isAicoError } from '@aico/schemas';
import type { PluginReference, VerifiedPackage } from '../contracts/plugin-source.ts';
import { asksForMore } from './asks-for-more.ts';
import { unfit } from './blockers.ts';
import type { ManagedPlugin, NextVersion } from './managed-plugin.ts';
import type { SupervisorOptions } from './supervisor-options.ts';

/** Takes packages in: each is verified and judged anew at every load, and one that does not pass disturbs nobody. */
export class Intake {
  readonly #options: Pick<SupervisorOptions, 'source' | 'configuration' | 'version'>;

  constructor(options: Pick<SupervisorOptions, 'source' | 'configuration' | 'version'>) {
    this.#options = options;
  }

  /** Verifies a plugin's package; it is then installed, quarantined as before, or rejected by name. */
  async verify(plugin: ManagedPlugin): Promise<void> {
    plugin.enter('verifying');
    try {
      plugin.verified = await this.#load(plugin);
      this.admit(plugin);
    } catch (error) {
      plugin.verified = undefined;
      plugin.enter('rejected', asAicoError(error, plugin.id));
    }
  }

  admit(plugin: ManagedPlugin): void {
    if (plugin.record.quarantined) plugin.enter('quarantined', quarantinedBefore(plugin));
    else plugin.enter('installed');
  }

  /** The package to start, verified once for each start; undefined when it is rejected now. */
  async takeVerified(plugin: ManagedPlugin): Promise<VerifiedPackage | undefined> {
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

  /** A version that may take another's place. @throws AicoError, with the package forgotten */
  async examine(id: string, reference: PluginReference): Promise<NextVersion> {
    try {
      return { reference, verified: await this.#judge(id, reference) };
    } catch (error) {
      await this.#options.source.discard(reference);
      throw error;
    }
  }

  /** Lets what waited for a yes at an earlier start wait on; whatever else was left there is forgotten. */
  async remember(plugin: ManagedPlugin | undefined, ready: PluginReference): Promise<void> {
    const before = plugin?.manifest;
    const next = before === undefined ? undefined : await this.examine(ready.id, ready).catch(() => undefined);
    if (plugin && before && next && asksForMore(before, next.verified.manifest)) plugin.next = next;
    else await this.#options.source.discard(ready);
  }

  /** Forgets a version that waits for its user's yes. @param newer what now lies ready, maybe in the very place of the other */
  async forgetWaiting(plugin: ManagedPlugin, newer?: PluginReference): Promise<void> {
    const { next } = plugin;
    plugin.next = undefined;
    if (next === undefined || next.reference.location === newer?.location) return;
    await this.#options.source.discard(next.reference);
  }

  async #load(plugin: ManagedPlugin): Promise<VerifiedPackage> {
    return this.#judge(plugin.id, plugin.reference, (verified) => describe(plugin, verified));
  }

  /** @param onVerified told of what is what it says it is, whether it fits or not */
  async #judge(
    id: string,
    reference: PluginReference,
    onVerified?: (verified: VerifiedPackage) => void,
  ): Promise<VerifiedPackage> {
    const { source, configuration, version } = this.#options;
    const verified = await source.load(reference);
    onVerified?.(verified);
    configuration.valuesOf(id, verified.manifest.configuration);
    const error = unfit(verified.manifest, version);
    if (error !== undefined) throw error;
    return verified;
  }
}

/** The plugin is what this package says from now on. */
export function describe(plugin: ManagedPlugin, { manifest, tier, signer }: VerifiedPackage): void {
  plugin.manifest = manifest;
  plugin.trust = { tier, signer: signer.name };
}

/** What is known of a quarantine that began before this start. */
function quarantinedBefore({ id, record }: ManagedPlugin): AicoError {
  return new AicoError('KERNEL_PLUGIN_QUARANTINED', { subject: id, details: { count: record.crashes.length } });
}

export function asAicoError(error: unknown, subject: string): AicoError {
  if (isAicoError(error)) return error;
  const problem = error instanceof Error ? error.message : String(error);
  return new AicoError('KERNEL_PLUGIN_ACTIVATE_FAILED', { subject, details: { problem }, cause: error });
}
