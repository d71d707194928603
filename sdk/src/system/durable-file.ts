import { closeSync, constants, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

const { O_WRONLY, O_CREAT, O_TRUNC, O_SYNC = 0 } = constants;

/** The bytes of a file, or undefined when there is none. */
export function readFileIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces a file so that a crash or a power cut leaves either the old bytes or the new ones. */
export function writeFileAtomic(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.new`;
  writeDurably(temporary, bytes);
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/** Removes a file, if it is there, for good; every rename before it lasts, too. */
export function removeDurably(path: string): void {
  syncFolder(dirname(path));
  rmSync(path, { force: true });
  syncFolder(dirname(path));
}

/**
 * Makes a rename before it durable. Without fsync of the folder, a new file written through to the disk does it: journalled
 * file systems commit the folder's changes in their order.
 */
export function syncFolder(folder: string): void {
  const marker = join(folder, '.sync');
  writeDurably(marker, Buffer.of(1));
  rmSync(marker, { force: true });
}

/**
 * An empty file of the user alone. Node's permission model has no fsync, so it is opened such that each write returns when it is on
 * the disk. @returns its descriptor
 */
export function openDurably(path: string): number {
  return openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_SYNC, 0o600);
}

/** Writes all of it, where one call may write a part. */
export function writeWhole(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openDurably(path);
  try {
    writeWhole(file, bytes);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}
