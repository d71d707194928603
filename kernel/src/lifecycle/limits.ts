import { AicoError, type PluginLimits, type Quota, type QuotaName } from '@aico/schemas';
import { completeQuota } from '../quota/defaults.ts';
import type { ManagedPlugin } from './managed-plugin.ts';
import type { Supervisor } from './supervisor.ts';

export interface LimitsOptions {
  readonly supervisor: Supervisor;
  readonly isRequired: (id: string) => boolean;
  readonly onChange: (plugin: ManagedPlugin) => void;
}

/** What users let single plugins use: kept, and in force at once or from the next start on. */
export class Limits {
  readonly #options: LimitsOptions;

  constructor(options: LimitsOptions) {
    this.#options = options;
  }

  /** @throws AicoError KERNEL_LIMIT_TOO_LOW, with everything as it was */
  async set({ id, limits, reset = [] }: PluginLimits): Promise<ManagedPlugin> {
    const { supervisor, isRequired, onChange } = this.#options;
    const plugin = supervisor.get(id);
    const { limits: before, ...record } = plugin.record;
    const kept = Object.entries({ ...before, ...limits }).filter(([name]) => !reset.includes(name as QuotaName));
    const own: Quota = Object.fromEntries(kept);
    if (isRequired(id)) assertEnough(plugin, own);
    await supervisor.remember(plugin, kept.length === 0 ? record : { ...record, limits: own });
    plugin.incarnation?.setQuota(quotaOf(plugin));
    onChange(plugin);
    return plugin;
  }
}

/** What a plugin may use: what its manifest asks for, unless its user said otherwise. */
export function quotaOf({ manifest, record }: Pick<ManagedPlugin, 'manifest' | 'record'>): Required<Quota> {
  return completeQuota(manifest?.quota, record.limits);
}

/** Limits that its process does not know of before it starts again. */
export function limitsAtNextStart(plugin: ManagedPlugin): QuotaName[] {
  const inForce = plugin.incarnation?.quota;
  if (inForce === undefined) return [];
  const wished = quotaOf(plugin);
  return (Object.keys(wished) as QuotaName[]).filter((name) => wished[name] !== inForce[name]);
}

/** Who locks themselves out by a number would not get in again to take it back. */
function assertEnough({ id, manifest }: ManagedPlugin, own: Quota): void {
  const asked = completeQuota(manifest?.quota);
  for (const [limit, value] of Object.entries(own)) {
    const least = asked[limit as QuotaName];
    if (value >= least) continue;
    throw new AicoError('KERNEL_LIMIT_TOO_LOW', { subject: manifest?.name ?? id, details: { limit, value, least } });
  }
}
