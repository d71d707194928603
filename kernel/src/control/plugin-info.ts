import { contains, type Permission, type PluginInfo, type PluginUpdate, parsePattern } from '@aico/schemas';
import { wideningOf } from '../lifecycle/asks-for-more.ts';
import type { ManagedPlugin } from '../lifecycle/managed-plugin.ts';
import type { Supervisor } from '../lifecycle/supervisor.ts';
import { completeQuota } from '../quota/defaults.ts';
import { permissionWords } from './permission-words.ts';

const NO_TRAFFIC = { sent: 0, received: 0, violations: 0, dropped: 0 };

/** All about one plugin, for people and tools. */
export function pluginInfo(
  plugin: ManagedPlugin,
  supervisor: Supervisor,
  isRequired: (id: string) => boolean,
): PluginInfo {
  const { manifest, incarnation } = plugin;
  const grants = supervisor.grantsOf(plugin);
  const granted = (permission: Permission): boolean =>
    grants.some(
      (grant) =>
        grant.effect === 'allow' &&
        grant.verb === permission.verb &&
        contains(parsePattern(grant.topic), parsePattern(permission.topic)),
    );
  const usage = incarnation?.running.usage();
  const info: PluginInfo = {
    id: plugin.id,
    name: manifest?.name ?? plugin.id,
    version: manifest?.version ?? plugin.reference.version,
    description: manifest?.description ?? plugin.reference.location.slice(0, 300),
    author: manifest?.author ?? 'unknown',
    tier: plugin.trust.tier,
    signer: plugin.trust.signer,
    state: plugin.state,
    enabled: plugin.record.enabled,
    required: isRequired(plugin.id),
    since: new Date(plugin.since).toISOString(),
    restarts: plugin.restarts,
    permissions: (manifest?.permissions ?? []).map((permission) => ({
      permission,
      words: permissionWords(permission),
      granted: granted(permission),
    })),
    commands: manifest?.contributes?.commands ?? [],
    confinement: [...(incarnation?.running.confinement ?? [])],
    traffic: { ...(incarnation?.attachment.traffic ?? NO_TRAFFIC) },
    quota: completeQuota(manifest?.quota),
  };
  if (plugin.waitingFor.length > 0) info.waitingFor = [...plugin.waitingFor];
  if (plugin.error !== undefined) info.error = plugin.error.toReport();
  if (usage !== undefined) info.usage = usage;
  const update = updateOf(plugin);
  if (update !== undefined) info.update = update;
  const processId = incarnation?.running.processId;
  if (processId !== undefined) info.processId = processId;
  if (manifest?.process?.network === true) info.network = true;
  if (manifest?.configuration !== undefined) info.configuration = manifest.configuration;
  return info;
}

/** What a newer version asks that waits for an answer. */
function updateOf({ manifest, next }: ManagedPlugin): PluginUpdate | undefined {
  if (manifest === undefined || next === undefined) return undefined;
  const { permissions, also } = wideningOf(manifest, next.verified.manifest);
  return {
    version: next.verified.manifest.version,
    permissions: permissions.map((permission) => ({
      permission,
      words: permissionWords(permission),
      granted: false,
    })),
    also,
  };
}
