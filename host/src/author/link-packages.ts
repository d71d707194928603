import { existsSync, realpathSync } from 'node:fs';
import { lstat, mkdir, realpath, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { AicoError } from '@aico/schemas';
import { problemOf } from '../problem.ts';

/** What an author's editor, tests and type checks find by name → where it lies in the install. */
const PACKAGES: Readonly<Record<string, string>> = {
  '@aico/sdk': 'sdk',
  '@aico/sdk-testing': 'sdk/testing',
  '@types/node': 'node_modules/@types/node',
  typescript: 'node_modules/typescript',
};

/**
 * Links the packages of this install into a plugin's node_modules, where it has none of its own. Nothing is downloaded, and
 * what they import in turn is found where they really lie.
 * @throws AicoError AUTHOR_FOLDER_UNWRITABLE
 */
export async function linkPackages(folder: string, install: string): Promise<void> {
  // A plugin of the checkout finds all of it above itself.
  if (isWithin(realpathSync(folder), realpathSync(install))) return;
  for (const [name, source] of Object.entries(PACKAGES)) {
    const target = join(install, source);
    if (existsSync(target)) await link(join(folder, 'node_modules', name), target);
  }
}

export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || way.includes(':'));
}

async function link(path: string, target: string): Promise<void> {
  try {
    const found = await lstat(path).catch(() => undefined);
    // A folder was put there by the author's package manager, who knows why.
    if (found !== undefined && !found.isSymbolicLink()) return;
    if (found !== undefined) {
      const leadsTo = await realpath(path).catch(() => undefined);
      if (leadsTo === (await realpath(target))) return;
      await rm(path);
    }
    await mkdir(dirname(path), { recursive: true });
    // Windows lets everybody make a junction, and only some a link.
    await symlink(target, path, 'junction');
  } catch (cause) {
    throw new AicoError('AUTHOR_FOLDER_UNWRITABLE', { subject: path, details: { problem: problemOf(cause) }, cause });
  }
}
