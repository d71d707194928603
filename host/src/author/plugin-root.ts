import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AicoError } from '@aico/schemas';

/** The plugin's folder that a command means, this one when none is named. @throws AicoError AUTHOR_FOLDER_NOT_PLUGIN */
export function pluginRoot(named: string): string {
  const folder = resolve(named);
  if (!existsSync(join(folder, 'plugin.json'))) throw new AicoError('AUTHOR_FOLDER_NOT_PLUGIN', { subject: folder });
  return folder;
}
