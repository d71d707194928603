import { mkdir, mkdtemp, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onFolder } from './disk-error.ts';

/**
 * Tries whether backups could go to a folder, which is made with the first one: the one around it has to be there.
 * @throws AicoError BACKUP_FOLDER_GONE, BACKUP_UNWRITABLE, BACKUP_FULL
 */
export function checkFolder(folder: string): Promise<void> {
  return onFolder(folder, async () => {
    const isNew = await mkdir(folder).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    try {
      // Only making something tells for sure: a disk may be read-only, and a share may refuse.
      await rmdir(await mkdtemp(join(folder, '.aico-tried-')));
    } finally {
      if (isNew) await rmdir(folder);
    }
  });
}
