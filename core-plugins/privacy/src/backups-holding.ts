import { AicoError, type BackupList, type Bus, isAicoError } from '@aico/sdk';

const BACKUP = 'backup';

/**
 * What there is of backups, read or not: none where no plugin is installed that makes any. One that is switched off or does not run
 * may have made some, so that is not known.
 * @throws AicoError PRIVACY_HOLDER_ABSENT, and what keeps them from being listed, such as BACKUP_FOLDER_GONE
 */
export async function listBackups(bus: Pick<Bus, 'request'>): Promise<BackupList> {
  try {
    return await bus.request('backup.list.v1', {});
  } catch (error) {
    if (!isAicoError(error, 'KERNEL_NO_SERVER')) throw error;
    if (await isInstalled(bus)) throw new AicoError('PRIVACY_HOLDER_ABSENT', { subject: BACKUP });
    return { backups: [], unreadable: [] };
  }
}

/** What names each of them, read or not. */
export function whatHolds({ backups, unreadable }: BackupList): string[] {
  return [...backups.map(({ id }) => id), ...unreadable.map(({ file }) => file)];
}

/**
 * How many backups are not newer than a time, ms since 1970, or may not be: those dated ahead of now, and those that cannot be read;
 * undefined while they cannot be listed.
 */
export async function backupsHolding(bus: Pick<Bus, 'request'>, time: number): Promise<number | undefined> {
  try {
    const { backups, ahead = 0, unreadable } = await bus.request('backup.list.v1', {});
    const told = backups.slice(0, backups.length - ahead);
    return told.filter(({ createdAt }) => Date.parse(createdAt) <= time).length + ahead + unreadable.length;
  } catch {
    return undefined;
  }
}

/** Whether there are backups, or may be some in a folder that is away. */
export async function mayBackupsHold(bus: Pick<Bus, 'request'>): Promise<boolean> {
  const known = await backupsHolding(bus, Number.POSITIVE_INFINITY);
  if (known !== undefined) return known > 0;
  return isInstalled(bus);
}

async function isInstalled(bus: Pick<Bus, 'request'>): Promise<boolean> {
  const { plugins } = await bus.request('kernel.plugin.list.v1', {});
  return plugins.some(({ id }) => id === BACKUP);
}
