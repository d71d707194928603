import { AicoError, type Bus, isAicoError, type PluginErased } from '@aico/sdk';
import { backupsHolding } from './backups-holding.ts';

/** Many files take their time to be removed. */
const ERASE_TIMEOUT_MS = 5 * 60_000;

/**
 * Deletes what a plugin kept that was removed: its database and files, what it had kept for later, and its secrets. Backups from before hold
 * it as long as they are kept.
 * @throws AicoError PRIVACY_PLUGIN_INSTALLED, and what keeps somebody from it; asked again, it goes on
 */
export async function erasePlugin(
  bus: Pick<Bus, 'request'>,
  id: string,
  now: number,
  by: string,
): Promise<PluginErased> {
  const { plugins } = await bus.request('kernel.plugin.list.v1', {});
  if (plugins.some((plugin) => plugin.id === id)) throw new AicoError('PRIVACY_PLUGIN_INSTALLED', { subject: id });
  // Before anything goes: what was deleted and is in no record would be worse than the other way about.
  await bus.request('kernel.trail.note.v1', { kind: 'plugin.erased', plugin: id, by, details: {} });
  const schedules = await ifServed(bus.request('schedule.owner.erase.v1', { plugin: id }));
  const secrets = await bus.request('vault.secret.erase.v1', { plugin: id });
  const kept = await bus.request('storage.owner.erase.v1', { plugin: id }, { timeoutMs: ERASE_TIMEOUT_MS });
  const backups = await backupsHolding(bus, now);
  return {
    id,
    ...kept,
    schedules: schedules?.cancelled ?? 0,
    secrets: secrets.deleted,
    ...(backups !== undefined && { backups }),
  };
}

/** A product without the plugin that keeps schedules keeps none. */
async function ifServed<Reply>(asked: Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isAicoError(error, 'KERNEL_NO_SERVER')) return undefined;
    throw error;
  }
}
