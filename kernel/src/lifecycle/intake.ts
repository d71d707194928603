import { AicoError, isAicoError } from '@aico/schemas';
import type { PluginReference, VerifiedPackage } from '../contracts/plugin-source.ts';
import { asksForMore } from './asks-for-more.ts';
import { unfit } from './blockers.ts';
import type { ManagedPlugin, NextVersion } from './managed-plugin.ts';
import type { SupervisorOptions } from './supervisor-options.ts';

/** The key is revoked, is not trusted any more, or not for so much. */
const NOT_VOUCHED: ReadonlySet<string> = new Set([
  'REGISTRY_SIGNER_REVOKED',
  'REGISTRY_SIGNER_UNKNOWN',
  'REGISTRY_TIER_NOT_ALLOWED',
]);

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
      this.#refuse(plugin, error);
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
      this.#refuse(plugin, error);
      return undefined;
    }
  }

  /** Why nobody vouches any more for what was verified before, or undefined. Whatever else is wrong shows at its next start. */
  async whyRevoked(plugin: ManagedPlugin): Promise<AicoError | undefined> {
    if (plugin.next !== undefined && (await this.#revocationOf(plugin.next.reference)) !== undefined) {
      await this.forgetWaiting(plugin);
    }
    return plugin.manifest === undefined ? undefined : this.#revocationOf(plugin.reference);
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

  /** Looks whether a version is still what was said yes to. @throws AicoError as `examine` does, and KERNEL_UPDATE_UNKNOWN */
  async examineAgain(id: string, { reference, verified: agreed }: NextVersion): Promise<void> {
    const { verified } = await this.examine(id, reference);
    // Another package of the same version may lie in its place by now, and ask for more.
    if (verified.digest === agreed.digest) return;
    throw new AicoError('KERNEL_UPDATE_UNKNOWN', { subject: agreed.manifest.name });
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

  async #revocationOf(reference: PluginReference): Promise<AicoError | undefined> {
    try {
      await this.#options.source.load(reference);
      return undefined;
    } catch (error) {
      return isAicoError(error) && NOT_VOUCHED.has(error.code) ? error : undefined;
    }
  }

  #refuse(plugin: ManagedPlugin, error: unknown): void {
    const typed = asAicoError(error, plugin.id);
    // A key that was never known was not withdrawn.
    const wasVouched = plugin.manifest !== undefined && NOT_VOUCHED.has(typed.code);
    plugin.enter(wasVouched || typed.code === 'REGISTRY_SIGNER_REVOKED' ? 'revoked' : 'rejected', typed);
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
export function describe(plugin: ManagedPlugin, { manifest, files, tier, signer }: VerifiedPackage): void {
  if (plugin.manifest?.version !== manifest.version) plugin.lacks = undefined;
  const entries = new Set(manifest.contributes?.views?.map(({ entry }) => entry));
  plugin.manifest = manifest;
  plugin.views = new Map([...files].filter(([path]) => entries.has(path)));
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
