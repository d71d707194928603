import type { PluginInfo, PluginUpdate } from '@aico/schemas';
import { wideningOf } from '../lifecycle/asks-for-more.ts';
import type { Consent } from '../lifecycle/consent.ts';
import { limitsAtNextStart, quotaOf } from '../lifecycle/limits.ts';
import type { ManagedPlugin } from '../lifecycle/managed-plugin.ts';
import type { Pressures } from '../quota/pressures.ts';
import { permissionInfo } from './permission-info.ts';
import type { ThemeChoices } from './theme-choices.ts';

const NO_TRAFFIC = { sent: 0, received: 0, violations: 0, dropped: 0 };

export interface PluginInfoSources {
  readonly isRequired: (id: string) => boolean;
  readonly isPart: (id: string) => boolean;
  readonly pressures: Pressures;
  readonly themes: Pick<ThemeChoices, 'of'>;
}

/** All about one plugin, for people and tools. */
export function pluginInfo(
  plugin: ManagedPlugin,
  consent: Consent,
  { isRequired, isPart, pressures, themes: choices }: PluginInfoSources,
): PluginInfo {
  const { manifest, incarnation } = plugin;
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
    permissions: (manifest?.permissions ?? []).map((permission) =>
      permissionInfo({ record: plugin.record, managed: plugin }, permission, consent),
    ),
    commands: manifest?.contributes?.commands ?? [],
    confinement: [...(incarnation?.running.confinement ?? [])],
    traffic: { ...(incarnation?.attachment.traffic ?? NO_TRAFFIC) },
    quota: quotaOf(plugin),
  };
  const views = manifest?.contributes?.views ?? [];
  if (views.length > 0) info.views = views;
  const tools = manifest?.contributes?.tools ?? [];
  if (tools.length > 0) info.tools = tools;
  const themes = manifest?.contributes?.themes ?? [];
  if (themes.length > 0) info.themes = themes;
  const theme = choices.of(plugin);
  if (theme !== undefined) info.theme = theme;
  if (plugin.waitingFor.length > 0) info.waitingFor = [...plugin.waitingFor];
  if (plugin.shownError !== undefined) info.error = plugin.shownError.toReport();
  if (usage !== undefined) info.usage = usage;
  const update = updateOf(plugin);
  if (update !== undefined) info.update = update;
  const processId = incarnation?.running.processId;
  if (processId !== undefined) info.processId = processId;
  const { network, programs } = manifest?.process ?? {};
  // A program that it starts is held to nothing that Node holds its own process to.
  if (network === true || programs !== undefined) info.network = true;
  const { limits } = plugin.record;
  if (limits !== undefined) info.limits = { ...limits };
  const later = limitsAtNextStart(plugin);
  if (later.length > 0) info.limitsAtNextStart = later;
  const pressure = pressures.of(plugin.id);
  if (pressure.length > 0) info.pressure = pressure;
  if (!isPart(plugin.id)) info.removable = true;
  if (manifest?.configuration !== undefined) info.configuration = manifest.configuration;
  return info;
}

/** What a newer version asks that waits for an answer. */
function updateOf({ manifest, next, record }: ManagedPlugin): PluginUpdate | undefined {
  if (manifest === undefined || next === undefined) return undefined;
  const { permissions, also } = wideningOf(manifest, next.verified.manifest);
  return {
    version: next.verified.manifest.version,
    permissions: permissions.map((permission) => ({ ...permissionInfo({ record }, permission), granted: false })),
    also,
  };
}
