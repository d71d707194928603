import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Manifest } from '@aico/schemas';

/** The address of a plugin's module inside its isolate. */
export function isolatedAddress({ id, main }: Pick<Manifest, 'id' | 'main'>): string {
  return `aico:/${id}/${main}`;
}

/** The address that a trusted plugin's files seem to lie at; the folder does not exist. */
export function trustedRoot(installFolder: string, id: string): string {
  return pathToFileURL(`${join(installFolder, '.aico-plugin', id)}/`).href;
}

/** The address of a trusted plugin's module. */
export function trustedAddress(installFolder: string, { id, main }: Pick<Manifest, 'id' | 'main'>): string {
  return new URL(main, trustedRoot(installFolder, id)).href;
}

/** The file of a package that says which source each line of its bundle comes from. */
export function sourceMapFile(main: string): string {
  return `${posix.normalize(main)}.map`;
}
