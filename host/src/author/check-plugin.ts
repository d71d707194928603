import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { bundlePlugin } from '@aico/registry/bundle';
import { type AicoError, isAicoError, type Manifest } from '@aico/schemas';
import { checkManifest } from './manifest-check.ts';
import { checkTypes } from './type-check.ts';
import { findMissingPermissions, findUsedTopics } from './used-topics.ts';

/** What a look at a plugin found. */
export interface CheckedPlugin {
  readonly manifest?: Manifest;
  readonly problems: readonly AicoError[];
}

/** Everything that is wrong with a plugin's manifest and code. The code is built, and none of it runs. */
export async function checkPlugin(folder: string): Promise<CheckedPlugin> {
  const text = await readFile(join(folder, 'plugin.json'), 'utf8');
  const { manifest, permissions, problems } = checkManifest(text, basename(folder));
  const built = await findBuildProblems(folder);
  // Code that cannot be parsed would be complained about twice.
  const types = built.length > 0 ? [] : await checkTypes(folder);
  const missing = permissions === undefined ? [] : findMissingPermissions(await usedTopics(folder), permissions);
  const found = [...problems, ...built, ...missing, ...types];
  return manifest === undefined ? { problems: found } : { manifest, problems: found };
}

async function findBuildProblems(folder: string): Promise<AicoError[]> {
  try {
    await bundlePlugin(folder);
    return [];
  } catch (error) {
    const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
    if (!errors.every((each) => isAicoError(each))) throw error;
    // What is wrong with the manifest itself was found before, in more words.
    return errors.filter(({ details }) => details['place'] !== 'plugin.json');
  }
}

async function usedTopics(folder: string): Promise<ReturnType<typeof findUsedTopics>> {
  const entries = await readdir(join(folder, 'src'), { recursive: true }).catch(() => []);
  const files = entries
    .filter((name) => /\.(ts|mts|js|mjs)$/.test(name))
    .map((name) => `src/${name.replaceAll('\\', '/')}`);
  return (
    await Promise.all(files.map(async (file) => findUsedTopics(file, await readFile(join(folder, file), 'utf8'))))
  ).flat();
}
