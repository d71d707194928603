import { createHash } from 'node:crypto';
import { Databases } from '../src/databases.ts';

/** Keys as the vault would derive them: one for each plugin and generation. */
export function keyOf(plugin: string, generation: number): string {
  return createHash('sha256').update(`${plugin}/${generation}`).digest('hex');
}

/** Databases in a folder with those keys. */
export function databasesIn(folder: string): Databases {
  return new Databases({
    folder,
    keyOf: async (plugin, generation) => keyOf(plugin, generation),
    now: () => performance.now(),
    onFailure: () => undefined,
  });
}
