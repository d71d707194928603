import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The key of this checkout, made at its first build and trusted by it alone. */
export const KEY_FILE = '.build/key.json';
/** Its public half, with the tiers that it may sign for. */
export const TRUST_FILE = '.build/trust.json';

/** The registry that the gallery shows. */
export const GALLERY = '.build/gallery';

/** Every folder, relative to the root, that holds a plugin of this checkout. */
export function findPluginFolders(root: string): string[] {
  return [...findOn(root, 'core-plugins'), ...findSamples(root)];
}

/** Those of them that are samples. */
export function findSamples(root: string): string[] {
  return findOn(root, 'samples');
}

function findOn(root: string, shelf: string): string[] {
  return readdirSync(join(root, shelf))
    .map((name) => `${shelf}/${name}`)
    .filter((folder) => existsSync(join(root, folder, 'plugin.json')))
    .sort();
}

/** Where the signed package of the plugin in `folder` is kept, relative to the root. */
export function packageFile(root: string, folder: string): string {
  const { id, version } = JSON.parse(readFileSync(join(root, folder, 'plugin.json'), 'utf8')) as {
    id: string;
    version: string;
  };
  return `.build/packages/${id}-${version}.aico.tgz`;
}
