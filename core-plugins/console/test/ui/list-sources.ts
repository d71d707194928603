import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = join(import.meta.dirname, '..', '..');

/** Files below a folder of this package whose path fits. */
export function listSources(folder: string, fits: RegExp): string[] {
  const root = join(PACKAGE, folder);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => fits.test(path))
    .map((path) => join(root, path));
}
