import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AicoError } from '@aico/schemas';
import { problemOf } from '../problem.ts';
import { assertId, assertName } from './plugin-name.ts';

/** What a new plugin is called. */
export interface PluginIdentity {
  readonly id: string;
  readonly name: string;
  readonly author: string;
}

/** Published packages leave files of this name out, so the template carries it without its dot. */
const RENAMED = new Map([['gitignore', '.gitignore']]);

/**
 * Writes a new plugin: the templates, with its own names; files of a later one take the place of those before. Resolves to the
 * files, relative to the folder.
 * @throws AicoError AUTHOR_ID_INVALID, AUTHOR_NAME_INVALID, AUTHOR_FOLDER_TAKEN, AUTHOR_FOLDER_UNWRITABLE
 */
export async function createPlugin(
  templates: readonly string[],
  folder: string,
  identity: PluginIdentity,
): Promise<string[]> {
  assertId(identity.id);
  assertName(identity.name);
  await refuseTaken(folder);
  const created: string[] = [];
  try {
    for (const [source, path] of await listTemplates(templates)) {
      const target = RENAMED.get(source) ?? source.replace('hello', identity.id);
      await mkdir(dirname(join(folder, target)), { recursive: true });
      const text = renamed(source, await readFile(path, 'utf8'), identity);
      await writeFile(join(folder, target), text, { flag: 'wx' });
      created.push(target);
    }
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  return created.sort();
}

/** Where each file lies, by its path within its template. */
async function listTemplates(templates: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const template of templates) {
    for (const entry of await readdir(template, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) files.set(path.slice(template.length + 1).replaceAll('\\', '/'), path);
    }
  }
  return files;
}

async function refuseTaken(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw unwritable(folder, cause);
  });
  // A fresh repository is as good as an empty folder.
  if (entries.some((name) => name !== '.git')) throw new AicoError('AUTHOR_FOLDER_TAKEN', { subject: folder });
}

/** The template is a plugin that runs: it is called hello, and written by You. */
function renamed(file: string, text: string, { id, name, author }: PluginIdentity): string {
  const asJson = (value: string): string => JSON.stringify(value);
  if (file === 'plugin.json') {
    return withId(text, id)
      .replace('"name": "Hello"', () => `"name": ${asJson(name)}`)
      .replace('"You"', () => asJson(author));
  }
  return file === 'README.md' ? text.replace('# Hello', () => `# ${name}`) : withId(text, id);
}

/** In code and manifest the word is lower-case only where it is the id, the command or the topic. */
function withId(text: string, id: string): string {
  return text.replaceAll(/\bhello\b/g, id);
}

function unwritable(folder: string, cause: unknown): AicoError {
  return new AicoError('AUTHOR_FOLDER_UNWRITABLE', { subject: folder, details: { problem: problemOf(cause) }, cause });
}
