import { type Bus, type ExportWithout, isAicoError, type PluginInfo } from '@aico/sdk';
import type { Source } from './sources.ts';

const KEEPS: ReadonlySet<string> = new Set([
  'storage.sql.batch.v1',
  'storage.kv.set.v1',
  'blob.write.v1',
  'vector.upsert.v1',
  'schedule.set.v1',
]);

/**
 * Who keeps something that an export does not hold: who has a database, or something for later, or may keep things, and hands nothing out, does not run, is
 * not here any more, or was not chosen.
 */
export async function findLeftOut(
  bus: Pick<Bus, 'request'>,
  sources: readonly Source[],
  chosen: readonly Source[],
): Promise<ExportWithout[]> {
  const { plugins } = await bus.request('kernel.plugin.list.v1', {});
  const { plugins: databases } = await bus.request('storage.database.list.v1', {});
  const scheduling = await ownersOfSchedules(bus);
  const infos = new Map(plugins.map((info) => [info.id, info]));
  const served = new Map(sources.map((source) => [source.plugin, source]));
  const keepers = plugins.filter((info) => info.enabled && mayKeep(info)).map(({ id }) => id);
  const all = new Set([...databases, ...scheduling, ...keepers, ...served.keys()]);
  for (const { plugin } of chosen) all.delete(plugin);
  return [...all].sort().map((plugin) => {
    const [info, source] = [infos.get(plugin), served.get(plugin)];
    const name = source?.name ?? info?.name;
    return { plugin, ...(name !== undefined && { name }), why: reasonOf(plugin, info, source) };
  });
}

/** For whom the scheduler keeps something; nobody is known while it does not run. */
async function ownersOfSchedules(bus: Pick<Bus, 'request'>): Promise<readonly string[]> {
  try {
    return (await bus.request('schedule.owner.list.v1', {})).plugins;
  } catch (error) {
    if (!isAicoError(error, 'KERNEL_NO_SERVER')) throw error;
    return [];
  }
}

function reasonOf(plugin: string, info: PluginInfo | undefined, source: Source | undefined): ExportWithout['why'] {
  if (source !== undefined) return 'unchosen';
  if (info === undefined) return 'gone';
  const handsOut = info.permissions.some(
    ({ permission: { verb, topic } }) => verb === 'serve' && topic === `plugin.${plugin}.export.read.v1`,
  );
  return handsOut ? 'off' : 'silent';
}

function mayKeep({ permissions }: PluginInfo): boolean {
  return permissions.some(
    ({ granted, permission: { verb, topic } }) => granted && verb === 'request' && KEEPS.has(topic),
  );
}
