import { isAbsolute, join } from 'node:path';
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
  /** `$home` */
  readonly home: string;
  /** Where `$setting/<name>` is looked up. */
  readonly settings: Readonly<Record<string, unknown>>;
}

interface FileGrant {
  readonly folder: string;
  readonly mode: 'read' | 'readWrite';
  /** Whether its user named it: it may be on a disk that is not there now, and is not made. */
  readonly named: boolean;
}

/** Paths of the native addons that a child itself needs: its entry's parameters, in this order. */
export interface ChildAddons {
  readonly sodium: string;
  readonly isolatedVm?: string;
}

/** Node's flags for an isolated plugin: its child's own code and two addons, no files, net, processes or threads. */
export function isolatedFlags(addons: Required<ChildAddons>): string[] {
  return [
    ...commonFlags([CHILDREN_FOLDER, addons.sodium, addons.isolatedVm]),
    ...(SNAPSHOT_SUITS_ISOLATES ? [] : ['--no-node-snapshot']),
    '--max-old-space-size=64',
    // Whoever makes much garbage would have it collected on every processor at once, while others wait.
    '--single-threaded-gc',
    join(CHILDREN_FOLDER, 'isolated.mjs'),
    addons.sodium,
    addons.isolatedVm,
  ];
}

/** Node's flags for a trusted plugin: exactly what its manifest asks for. */
export function trustedFlags(
  manifest: Manifest,
  memoryMb: number,
  { sodium }: ChildAddons,
  folders: TrustedFolders,
): string[] {
  const wanted = fileGrants(manifest, folders);
  const writable = wanted.filter(({ mode }) => mode === 'readWrite');
  return [
    ...commonFlags([CHILDREN_FOLDER, LIBC_HINT, sodium, ...folders.packages, ...wanted.flatMap(withContent)]),
    ...writable.flatMap(withContent).map((path) => `--allow-fs-write=${path}`),
    ...(manifest.process?.programs === undefined ? [] : ['--allow-child-process']),
    `--max-old-space-size=${memoryMb}`,
    join(CHILDREN_FOLDER, 'trusted.mjs'),
    sodium,
  ];
}

/** The folders that a trusted plugin's file grants need to exist. */
export function grantedFolders(manifest: Manifest, folders: TrustedFolders): string[] {
  return fileGrants(manifest, folders).flatMap(({ folder, named }) => (named ? [] : [folder]));
}

/** Node takes a folder that is not there at the start for a file: what lies in it is named by itself. */
function withContent({ folder, named }: FileGrant): string[] {
  return named ? [folder, join(folder, '*')] : [folder];
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

function fileGrants(manifest: Manifest, folders: TrustedFolders): FileGrant[] {
  return (manifest.process?.files ?? []).flatMap(({ path, mode }): FileGrant[] => {
    const [, name] = /^\$setting\/(.+)$/.exec(path) ?? [];
    if (name === undefined) return [{ folder: expand(path, folders), mode, named: false }];
    const folder = folders.settings[name];
    // A star would let it touch more than the folder that was named.
    const isFolder = typeof folder === 'string' && isAbsolute(folder) && !folder.includes('*');
    return isFolder ? [{ folder, mode, named: true }] : [];
  });
}

function expand(path: string, folders: TrustedFolders): string {
  return path.replace(/^\$(data|tmp|home)/, (_, name: 'data' | 'tmp' | 'home') => folders[name]);
}
