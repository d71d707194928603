import { join } from 'node:path';
import { AicoError } from '@aico/sdk';
import type { BackupBody, ReadBackup } from './backup-file.ts';
import { type EpochKeys, KEY_SUFFIX } from './epoch-keys.ts';
import { databasePath } from './home-files.ts';
import type { UnreadableBackup } from './repository.ts';
import type { Holding } from './retention.ts';

/** Here the key opens a backup from the data folder; elsewhere from beside the backups alone. @throws AicoError BACKUP_DAMAGED */
export async function assertPlaced(epochs: EpochKeys, { epoch, info }: ReadBackup): Promise<void> {
  if (epoch === undefined || epoch !== epochs.current || (await epochs.isPlaced(epoch))) return;
  const problem = `its key file ${epoch}${KEY_SUFFIX} is missing or was changed, so that no other machine would open it`;
  throw new AicoError('BACKUP_DAMAGED', { subject: info.id, details: { problem } });
}

/** @throws AicoError STORAGE_DAMAGED, STORAGE_KEY_WRONG, naming a database that a backup had to leave out and that one before holds */
export function assertNoneLost({ leftOut }: Pick<BackupBody, 'leftOut'>, before: readonly Holding[]): void {
  const lost = leftOut.find(({ plugin }) => before.some(({ body }) => body.databases.includes(plugin)));
  if (lost === undefined) return;
  const { plugin, code } = lost;
  if (code === 'STORAGE_KEY_WRONG') throw new AicoError(code, { subject: plugin });
  const problem = 'a new backup cannot hold it, so those before stay';
  throw new AicoError('STORAGE_DAMAGED', { subject: plugin, details: { problem, file: databasePath(plugin) } });
}

/**
 * No backup writes anew the file of one before, so its owner has to say that it may go.
 * @throws AicoError BACKUP_IN_DOUBT, naming the first file that is damaged; else why one cannot be read
 */
export function assertReadable(folder: string, [first]: readonly UnreadableBackup[]): void {
  if (first === undefined) return;
  const { file, error } = first;
  if (error.code !== 'BACKUP_DAMAGED') throw error;
  throw new AicoError('BACKUP_IN_DOUBT', { subject: join(folder, 'backups', file), cause: error });
}
