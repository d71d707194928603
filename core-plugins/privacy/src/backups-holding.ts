import type { Bus } from '@aico/sdk';

const BACKUP = 'backup';

/** How many backups are not newer than a time, ms since 1970; undefined while they cannot be listed. */
export async function backupsHolding(bus: Pick<Bus, 'request'>, time: number): Promise<number | undefined> {
  try {
    const { backups, unreadable } = await bus.request('backup.list.v1', {});
    return backups.filter(({ createdAt }) => Date.parse(createdAt) <= time).length + unreadable.length;
  } catch {
    return undefined;
  }
}

/** Whether there are backups, or may be some in a folder that is away. */
export async function mayBackupsHold(bus: Pick<Bus, 'request'>): Promise<boolean> {
  const known = await backupsHolding(bus, Number.POSITIVE_INFINITY);
  if (known !== undefined) return known > 0;
  const { plugins } = await bus.request('kernel.plugin.list.v1', {});
  return plugins.some(({ id }) => id === BACKUP);
}
