import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program of the system lies, if it is there. */
export function findOnPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).concat('/usr/bin', '/usr/local/bin');
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(existsSync);
}
