import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@aico/schemas';
import type { Settings } from '../../configuration/read-settings.ts';
import { resolveSettings, valuesIn } from '../../configuration/resolve-settings.ts';
import { compileSchema } from '../../configuration/schema-check.ts';
import { type Finding, ok, warning } from './finding.ts';

const NAME = 'chroma';
const SERVER = 'chroma-server';
const FOLDER = 'vault-folder';

export interface PlainStoreFacts {
  /** Which plugins are on. */
  readonly pluginsFile: string;
  readonly manifestOf: (plugin: string) => Manifest | undefined;
  readonly settings: Pick<Settings, 'layers'>;
}

/**
 * Says plainly where vectors lie that were moved to Chroma, and who reaches them: in a server of its user's, or in the one that
 * AICO starts. Nothing when that plugin is not there, or off.
 */
export async function checkPlainStore(facts: PlainStoreFacts): Promise<Finding[]> {
  const on = await pluginsThatAreOn(facts.pluginsFile);
  const values = valuesOf(NAME, facts);
  if (values === undefined || !on.has(NAME)) return [];
  return [values['server'] === 'own' ? ownServer(facts, on) : yourServer(String(values['url']))];
}

function yourServer(url: string): Finding {
  const message = `Vectors that were moved to Chroma (${url}) lie in its folder unencrypted, and it has no login: whoever reaches its port, other users of its computer too, reads and changes them.`;
  const fix =
    'Let AICO start it (the plugin chroma-server), keep its folder on an encrypted disk and others from its port, or take them back: aico vectors move embedded.';
  return warning(NAME, message, fix);
}

function ownServer(facts: PlainStoreFacts, on: ReadonlySet<string>): Finding {
  const folder = String(valuesOf(SERVER, facts)?.['folder'] ?? '');
  const missing = [
    ...[SERVER, FOLDER].filter((plugin) => !on.has(plugin)).map((plugin) => `the plugin ${plugin} is not on`),
    ...(folder === '' ? [`the settings of ${SERVER} name no folder of chromadb`] : []),
    ...(folder !== '' && !existsSync(join(folder, 'node_modules/chromadb'))
      ? [`there is no node_modules/chromadb in ${folder}`]
      : []),
  ];
  const kept = 'Vectors that were moved to Chroma lie in the encrypted folder';
  if (missing.length === 0) {
    const reached = 'AICO starts it in a network of its own, which no other user or program of this computer reaches';
    return ok(NAME, `${kept}; ${reached}. It needs bubblewrap and gocryptfs, above.`);
  }
  const message = `AICO's own Chroma does not start: ${missing.join('; ')}. ${kept}, and are out of reach meanwhile.`;
  return warning(NAME, message, 'Mend what is missing; to do without Chroma then: aico vectors move embedded.');
}

function valuesOf(
  plugin: string,
  { manifestOf, settings }: PlainStoreFacts,
): Readonly<Record<string, unknown>> | undefined {
  const schema = manifestOf(plugin)?.configuration;
  if (schema === undefined) return undefined;
  return valuesIn(resolveSettings(plugin, compileSchema(plugin, schema), settings.layers));
}

async function pluginsThatAreOn(pluginsFile: string): Promise<ReadonlySet<string>> {
  try {
    const { plugins = {} } = JSON.parse(await readFile(pluginsFile, 'utf8')) as {
      plugins?: Record<string, { enabled?: unknown }>;
    };
    return new Set(Object.keys(plugins).filter((id) => plugins[id]?.enabled === true));
  } catch {
    return new Set();
  }
}
