import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AicoError } from '@aico/schemas';

/** This package's own folder, seen from `src` and from `dist` alike. */
export const PACKAGE_FOLDER: string = fileURLToPath(new URL('../..', import.meta.url));
/** The children's bundled entries. */
export const CHILDREN_FOLDER: string = join(PACKAGE_FOLDER, 'dist', 'children');

/** What is installed does not change while the app runs. */
const knownFolders = new Map<string, readonly string[]>();
const require = createRequire(join(PACKAGE_FOLDER, 'package.json'));

/** Folder whose node_modules holds what the app was installed with. */
export function installFolder(): string {
  const folder = findPackage('isolated-vm', PACKAGE_FOLDER);
  return folder === undefined ? PACKAGE_FOLDER : dirname(dirname(folder));
}

/** The native half of isolated-vm that fits this machine; never loaded in the host's own process. */
export function isolatedVmAddonPath(): string {
  const entry = require.resolve('isolated-vm');
  const locate = createRequire(entry)('node-gyp-build') as { path(folder: string): string };
  return locate.path(dirname(entry));
}

/**
 * Folders of packages and of everything they depend on, as far as it is installed.
 * @throws AicoError SANDBOX_PACKAGE_MISSING
 */
export function packageFolders(plugin: string, names: readonly string[]): readonly string[] {
  const key = names.join();
  const known = knownFolders.get(key);
  if (known !== undefined) return known;
  const folders = new Set<string>();
  for (const name of names) {
    if (!collect(name, PACKAGE_FOLDER, folders)) {
      throw new AicoError('SANDBOX_PACKAGE_MISSING', { subject: plugin, details: { package: name } });
    }
  }
  const list = [...folders];
  knownFolders.set(key, list);
  return list;
}

function collect(name: string, from: string, folders: Set<string>): boolean {
  const folder = findPackage(name, from);
  if (folder === undefined) return false;
  if (folders.has(folder)) return true;
  folders.add(folder);
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Record<string, Readonly<Record<string, string>> | undefined>;
  for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
    collect(dependency, folder, folders);
  }
  return true;
}

function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}
