import { readFile } from 'node:fs/promises';
import type { Manifest } from '@aico/schemas';
import type { Settings } from '../../configuration/read-settings.ts';
import { resolveSettings, valuesIn } from '../../configuration/resolve-settings.ts';
import { compileSchema } from '../../configuration/schema-check.ts';
import { type Finding, warning } from './finding.ts';

const NAME = 'chroma';

/**
 * Says plainly when vectors may lie where AICO does not encrypt them: a server that its user runs. Nothing when that plugin is
 * not there, or off.
 * @param pluginsFile which plugins are on
 */
export async function checkPlainStore(
  pluginsFile: string,
  manifest: Manifest | undefined,
  { layers }: Pick<Settings, 'layers'>,
): Promise<Finding[]> {
  if (manifest?.configuration === undefined || !(await isOn(pluginsFile))) return [];
  const check = compileSchema(NAME, manifest.configuration);
  const { url } = valuesIn(resolveSettings(NAME, check, layers));
  const message = `Vectors that were moved to Chroma (${String(url)}) lie in its folder unencrypted, and it has no login: whoever reaches its port, other users of its computer too, reads and changes them.`;
  const fix =
    'Keep its folder on an encrypted disk and others from its port, or take them back: aico vectors move embedded.';
  return [warning(NAME, message, fix)];
}

async function isOn(pluginsFile: string): Promise<boolean> {
  try {
    const { plugins } = JSON.parse(await readFile(pluginsFile, 'utf8')) as {
      plugins?: Record<string, { enabled?: unknown }>;
    };
    return plugins?.[NAME]?.enabled === true;
  } catch {
    return false;
  }
}
