import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AicoError } from '@aico/sdk';
import { unreadable } from './disk-error.ts';

/** What of the data folder is backed up: everything that a new machine needs, and no logs. */
export const BACKED_UP: readonly string[] = ['config.json', 'trust.json', 'vault', 'state', 'packages', 'data'];
/** The plugin's own folder, and what the vault counts, say nothing to another machine; what is open lies encrypted beside. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'data/backup',
  'vault/throttle.json',
  'data/vault-folder/open',
  'data/rocksdb',
]);
const TEMPORARY = /(\.new|\.tmp|\.previous|\/\.sync)$|^state\/\.probe-/;
const DATABASES = 'data/storage/';
const BLOB = /^data\/storage\/blobs\/([^/]+)\/[^/]+\.blob$/;

const DATABASE = /^data\/storage\/([a-z][a-z0-9-]*)\.db$/;

/** A file as it was found at the moment of the backup. */
export interface OpenedFile {
  /** In the data folder, with forward slashes. */
  readonly path: string;
  /** Opened at that moment: it stays readable even if it is removed. A blob is not: there may be many, and storage keeps them. */
  readonly file: FileHandle | undefined;
  /** Of it at that moment; what is added later is not part of the backup. */
  readonly size: number;
}

/**
 * Opens everything that is to be backed up. Of the databases only those that are whole.
 * @param databases plugins whose databases are held still
 */
export async function openHomeFiles(home: string, databases: readonly string[]): Promise<OpenedFile[]> {
  const opened: OpenedFile[] = [];
  const ofDatabases = new Set(databases.flatMap((plugin) => [`${plugin}.db`, `${plugin}.db-seal`]));
  const isWanted = (path: string): boolean =>
    !TEMPORARY.test(path) && (!path.startsWith(DATABASES) || ofDatabases.has(path.slice(DATABASES.length)));
  const takeBlob = async (path: string): Promise<void> => {
    const size = await sizeIfThere(join(home, path));
    if (size !== undefined) opened.push({ path, file: undefined, size });
  };
  const take = async (path: string): Promise<void> => {
    if (LEFT_OUT.has(path)) return;
    const entries = await listIfFolder(join(home, path));
    if (entries !== undefined) for (const name of entries.sort()) await take(`${path}/${name}`);
    else if (BLOB.test(path)) await takeBlob(path);
    else if (isWanted(path)) {
      const file = await openIfThere(join(home, path));
      if (file !== undefined) opened.push({ path, file, size: (await file.stat()).size });
    }
  };
  try {
    for (const name of BACKED_UP) await take(name);
    return opened;
  } catch (error) {
    await closeFiles(opened);
    throw error;
  }
}

export async function closeFiles(files: readonly OpenedFile[]): Promise<void> {
  await Promise.all(files.map(({ file }) => file?.close()));
}

/** Opens a blob that was found. @throws AicoError BACKUP_INTERRUPTED when it is not there any more, BACKUP_UNREADABLE */
export async function openBlob(home: string, path: string): Promise<FileHandle> {
  const file = await openIfThere(join(home, path));
  if (file !== undefined) return file;
  throw new AicoError('BACKUP_INTERRUPTED', { subject: 'backup', details: { problem: `${path} is gone` } });
}

/** Whose database a file is. */
export function databaseOf(path: string): string | undefined {
  return DATABASE.exec(path)?.[1];
}

/** Where a plugin's database lies. */
export function databasePath(plugin: string): string {
  return `${DATABASES}${plugin}.db`;
}

/** Where a plugin's blob lies. */
export function blobPath(plugin: string, id: string): string {
  return `${DATABASES}blobs/${plugin}/${id}.blob`;
}

/** The plugins whose blobs are among these files. */
export function pluginsWithBlobs(files: readonly { readonly path: string }[]): string[] {
  return [...new Set(files.flatMap(({ path }) => BLOB.exec(path)?.[1] ?? []))];
}

async function listIfFolder(path: string): Promise<string[] | undefined> {
  try {
    return await readdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR' || code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

async function sizeIfThere(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}
