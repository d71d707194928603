import { AicoError, type Bus, isAicoError, isAnswering, type PluginInfo } from '@aico/sdk';

/** A plugin that keeps something of the user's and forgets it on request. */
export interface Holder {
  readonly plugin: string;
  /** Whether it can say what it keeps, before it goes. */
  readonly finds: boolean;
  readonly runs: boolean;
  /** It does not run, and will not by itself. */
  readonly isOff: boolean;
}

/** Why a plugin that does not run could not do its part. */
export function absence(plugin: string): AicoError {
  return new AicoError('PRIVACY_HOLDER_ABSENT', { subject: plugin });
}

/** Who said it comes first: others only keep what followed from that. */
const FIRST = 'chat';

/** What a plugin that hears somebody asks for: their commands, tools, views, the conversations, what is remembered. */
const HEARS = /^(plugin\.[^*]+\.(command|tool|view)\.|chat\.message\.|memory\.(recall|list)\.)/;
const SCHEDULES = 'schedule.set.v1';
const KEEPS = new Set(['storage.sql.batch.v1', 'storage.kv.set.v1', 'blob.write.v1', 'vector.upsert.v1', SCHEDULES]);

export interface Found {
  readonly holders: readonly Holder[];
  /** Plugins that could keep what they hear and take no part in forgetting, and those that were removed and whose data stays. */
  readonly untold: string[];
}

/**
 * Every plugin that may serve `plugin.<id>.forget.run.v1`, whether it runs or not, and those that should and do not. What is kept by
 * one that is switched off comes back when it is switched on, so it counts, too, unless it has never run. So does what one left that
 * was removed, when it is installed again, but nobody can tell what that is.
 */
export async function findHolders(bus: Pick<Bus, 'request'>): Promise<Found> {
  const { plugins } = await bus.request('kernel.plugin.list.v1', {});
  const keeping = await thoseThatKeep(bus, plugins);
  const there = thoseThatMayKeep(keeping, plugins);
  const holders = there.flatMap((plugin) => {
    const { id, permissions } = plugin;
    const serves = (what: string): boolean =>
      permissions.some(
        ({ granted, permission: { verb, topic } }) =>
          granted && verb === 'serve' && topic === `plugin.${id}.forget.${what}.v1`,
      );
    const runs = isAnswering(plugin);
    return serves('run') ? [{ plugin: id, finds: serves('find'), runs, isOff: !runs && !plugin.enabled }] : [];
  });
  const known = new Set(holders.map(({ plugin }) => plugin));
  const installed = new Set(plugins.map(({ id }) => id));
  const untold = [
    ...there.filter((plugin) => !known.has(plugin.id) && couldKeep(plugin)).map(({ id }) => id),
    ...[...keeping].filter((id) => !installed.has(id)),
  ];
  const rank = ({ plugin }: Holder): string => (plugin === FIRST ? '' : plugin);
  return { holders: holders.sort((one, other) => (rank(one) < rank(other) ? -1 : 1)), untold: untold.sort() };
}

/** Who has a database, files, or something kept for later, installed or not. */
async function thoseThatKeep(bus: Pick<Bus, 'request'>, plugins: readonly PluginInfo[]): Promise<ReadonlySet<string>> {
  const { plugins: databases } = await bus.request('storage.database.list.v1', {});
  return new Set([...databases, ...(await thoseWithSchedules(bus, plugins))]);
}

/** All but those that are switched off and keep nothing: a sample that was never switched on is no news to anybody. */
function thoseThatMayKeep(keeping: ReadonlySet<string>, plugins: readonly PluginInfo[]): PluginInfo[] {
  const isOn = (plugin: PluginInfo): boolean => plugin.enabled || isAnswering(plugin);
  return plugins.filter((plugin) => isOn(plugin) || keeping.has(plugin.id) || keepsElsewhere(plugin));
}

/** What is kept for later, as reminders are, lies with the scheduler; while that does not run, whoever may have some counts. */
async function thoseWithSchedules(
  bus: Pick<Bus, 'request'>,
  plugins: readonly PluginInfo[],
): Promise<readonly string[]> {
  try {
    return (await bus.request('schedule.owner.list.v1', {})).plugins;
  } catch (error) {
    if (!isAicoError(error, 'KERNEL_NO_SERVER')) throw error;
    return plugins.filter((plugin) => mayAsk(plugin, (topic) => topic === SCHEDULES)).map(({ id }) => id);
  }
}

/** It asks nobody to keep anything for it, as the journal, which has files of its own: of those storage knows nothing. */
function keepsElsewhere(plugin: PluginInfo): boolean {
  return !mayAsk(plugin, (topic) => KEEPS.has(topic));
}

function mayAsk({ permissions }: PluginInfo, isMeant: (topic: string) => boolean): boolean {
  return permissions.some(({ permission: { verb, topic } }) => verb === 'request' && isMeant(topic));
}

function couldKeep({ permissions }: PluginInfo): boolean {
  const granted = permissions.filter((each) => each.granted).map(({ permission }) => permission);
  return (
    granted.some(({ verb, topic }) => verb !== 'publish' && HEARS.test(topic)) &&
    granted.some(({ verb, topic }) => verb === 'request' && KEEPS.has(topic))
  );
}
