import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a folder of backups has in it. */
export type BackupPart = 'backups' | 'packs' | 'keys';

/** A file that is read here and there; a handle of the disk is one. */
export interface ReadableFile {
  stat(): Promise<{ readonly size: number }>;
  read(bytes: Buffer, at: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
}

/** Reads a folder of backups, wherever it lies. */
export interface BackupFiles {
  /** Names of the files of a part; undefined where there is no such folder. */
  names(part: BackupPart): Promise<readonly string[] | undefined>;
  /** All of a file, by its path in the folder; undefined where there is none. */
  read(path: string): Promise<Buffer | undefined>;
  open(path: string): Promise<ReadableFile>;
}

/** A folder that this process may read. */
export class DiskFiles implements BackupFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  names(part: BackupPart): Promise<readonly string[] | undefined> {
    return ifThere(readdir(join(this.#folder, part)));
  }

  read(path: string): Promise<Buffer | undefined> {
    return ifThere(readFile(join(this.#folder, path)));
  }

  open(path: string): Promise<ReadableFile> {
    return open(join(this.#folder, path), 'r');
  }
}

/** What is found; undefined when it is not there. */
export async function ifThere<Value>(found: Promise<Value>): Promise<Value | undefined> {
  try {
    return await found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
