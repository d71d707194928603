import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HomeFolders } from './home-folders.ts';

const TIMEOUT_MS = 5000;

/** Where the encrypted folder is seen while it is open. */
export function openFolderOf({ data }: HomeFolders): string {
  return join(data, 'vault-folder', 'open');
}

/** Whether something is mounted there, be it that nobody answers behind it. While no host runs it is of one that was killed. */
export function isFolderOpen(folders: HomeFolders): boolean {
  const path = openFolderOf(folders);
  try {
    return statSync(path).dev !== statSync(dirname(path)).dev;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTCONN';
  }
}

/**
 * Closes what a killed host left open. Its own plugin does so, too, but runs only once the vault is open; until then everything in the
 * folder could be read. What cannot be closed is told by `aico doctor`.
 */
export function closeLeftOpen(folders: HomeFolders): void {
  spawnSync('fusermount3', ['-u', '-z', openFolderOf(folders)], { stdio: 'ignore', timeout: TIMEOUT_MS, cwd: '/' });
}
