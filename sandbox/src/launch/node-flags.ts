import { join } from 'node:path';
import type { Manifest } from '@aico/schemas';
import { CHILDREN_FOLDER } from './installed.ts';

/** Some packages tell C libraries apart by whether this file exists, and fail when they may not look. */
const LIBC_HINT = '/etc/alpine-release';

/** isolated-vm asks for a Node without its start-up snapshot, which doubles the time to start; here it was tried with. */
const SNAPSHOT_SUITS_ISOLATES = process.platform === 'linux' && process.arch === 'x64';

export interface TrustedFolders {
  readonly packages: readonly string[];
  /** `$data` */
  readonly data: string;
  /** `$tmp` */
  readonly tmp: string;
}

/** Node's flags for an isolated plugin: its child's own code and two addons, no files, net, processes or threads. */
export function isolatedFlags(addonPaths: readonly string[]): string[] {
  return [
    ...commonFlags([CHILDREN_FOLDER, ...addonPaths]),
    ...(SNAPSHOT_SUITS_ISOLATES ? [] : ['--no-node-snapshot']),
    '--max-old-space-size=64',
    join(CHILDREN_FOLDER, 'isolated.mjs'),
  ];
}

/** Node's flags for a trusted plugin: exactly what its manifest asks for. */
export function trustedFlags(
  manifest: Manifest,
  memoryMb: number,
  addonPaths: readonly string[],
  folders: TrustedFolders,
): string[] {
  const wanted = (manifest.process?.files ?? []).map(({ path, mode }) => ({ folder: expand(path, folders), mode }));
  const writable = wanted.filter(({ mode }) => mode === 'readWrite');
  return [
    ...commonFlags([
      CHILDREN_FOLDER,
      LIBC_HINT,
      ...addonPaths,
      ...folders.packages,
      ...wanted.map(({ folder }) => folder),
    ]),
    ...writable.map(({ folder }) => `--allow-fs-write=${folder}`),
    `--max-old-space-size=${memoryMb}`,
    join(CHILDREN_FOLDER, 'trusted.mjs'),
  ];
}

/** The folders that a trusted plugin's file grants need to exist. */
export function grantedFolders(manifest: Manifest, folders: TrustedFolders): string[] {
  return (manifest.process?.files ?? []).map(({ path }) => expand(path, folders));
}

function commonFlags(readable: readonly string[]): string[] {
  return [
    '--permission',
    // The way to the bus and its encryption; the child gives both up again unless the manifest asks for them.
    '--allow-addons',
    '--allow-net',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    '--disable-warning=SecurityWarning',
    '--disable-warning=ExperimentalWarning',
    // Otherwise any process of the user could open a debugger in it.
    '--disable-sigusr1',
  ];
}

function expand(path: string, folders: TrustedFolders): string {
  return path.replace(/^\$(data|tmp)/, (_, name: 'data' | 'tmp') => folders[name]);
}
