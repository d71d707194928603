import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the program itself lies, as built in this checkout. */
export interface InstallFolders {
  readonly root: string;
  readonly distributions: string;
  /** First-party packages, built and signed on this machine. */
  readonly packages: string;
  /** A registry of what came along and can be installed. */
  readonly gallery: string;
  /** Keys that this build trusts. */
  readonly trustFile: string;
  /** The plugin that a new one begins as. */
  readonly template: string;
  /** What takes the place of some of its files where it has a view. */
  readonly viewTemplate: string;
}

/** The folders of the checkout that this file is part of. */
export function installFolders(): InstallFolders {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  return {
    root,
    distributions: join(root, 'host', 'distributions'),
    packages: join(root, '.build', 'packages'),
    gallery: join(root, '.build', 'gallery'),
    trustFile: join(root, '.build', 'trust.json'),
    template: join(root, 'host', 'template'),
    viewTemplate: join(root, 'host', 'template-view'),
  };
}

/** The version of AICO. */
export function productVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
