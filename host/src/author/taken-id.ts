import { readdir } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { AicoError } from '@aico/schemas';
import type { InstallFolders } from '../install-folders.ts';

/**
 * What an install would refuse is refused before anything is written under that name.
 * @param folder the plugin's own; the product's plugins lie within its checkout and have the names that they have
 * @throws AicoError REGISTRY_PLUGIN_TAKEN
 */
export async function refuseTakenId(id: string, folder: string, { root, packages }: InstallFolders): Promise<void> {
  const path = relative(root, folder);
  if (!path.startsWith('..') && !isAbsolute(path)) return;
  const shipped = await readdir(packages).catch(() => []);
  const ofThatId = (name: string): boolean =>
    name.startsWith(`${id}-`) && /^\d+\.\d+\.\d+/.test(name.slice(id.length + 1));
  if (shipped.some(ofThatId)) throw new AicoError('REGISTRY_PLUGIN_TAKEN', { subject: id });
}
