import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BUNDLE_FILE } from '@aico/registry/bundle';
import { isRecord } from '../../is-record.ts';

/** Sources that are larger altogether are left for the debugger to find on the disk. */
const MAX_CONTENT_CHARACTERS = 2 * 1024 * 1024;

/**
 * Tells the debugger with the plugin's bundle where its lines come from: the map that the last build wrote, with the author's
 * files as they are now. Any other message stays as it is.
 */
export async function withSourceMap(message: string, id: string, folder: string): Promise<string> {
  if (!message.startsWith('{"method":"Debugger.scriptParsed"')) return message;
  const event = JSON.parse(message) as { params: { url?: string; sourceMapURL?: string } };
  if (event.params.url !== `aico:/${id}/${BUNDLE_FILE}`) return message;
  const map = await sourceMap(folder);
  if (map === undefined) return message;
  event.params.sourceMapURL = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
  return JSON.stringify(event);
}

async function sourceMap(folder: string): Promise<object | undefined> {
  try {
    const map: unknown = JSON.parse(await readFile(join(folder, `${BUNDLE_FILE}.map`), 'utf8'));
    if (!isRecord(map) || !Array.isArray(map['sources'])) return undefined;
    const sources = map['sources'].map(String);
    let left = MAX_CONTENT_CHARACTERS;
    const sourcesContent: (string | null)[] = [];
    for (const source of sources) {
      const content = await contentOf(folder, source);
      left -= content?.length ?? 0;
      sourcesContent.push(left < 0 ? null : (content ?? null));
    }
    return { ...map, sources, sourcesContent, sourceRoot: pathToFileURL(join(folder, sep)).href };
  } catch {
    // A plugin that is built anew has none for a moment.
    return undefined;
  }
}

/** An author's own file; nothing beside the folder is read. */
async function contentOf(folder: string, source: string): Promise<string | undefined> {
  const path = join(folder, source);
  if (relative(folder, path).startsWith('..')) return undefined;
  return readFile(path, 'utf8').catch(() => undefined);
}
