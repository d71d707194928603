import { closeSync, constants, openSync, readFileSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

const COPY_BYTES = 4 * 1024 * 1024;

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

/** Copies a file; it is on the disk when this resolves. Others get their turn between its parts. */
export async function copyDurably(from: string, to: string): Promise<void> {
  const source = openSync(from, 'r');
  try {
    const { O_WRONLY, O_CREAT, O_TRUNC, O_SYNC = 0 } = constants;
    const target = openSync(to, O_WRONLY | O_CREAT | O_TRUNC | O_SYNC, 0o600);
    try {
      const bytes = Buffer.allocUnsafe(COPY_BYTES);
      for (let length = -1; length !== 0; await setImmediate()) {
        length = readSync(source, bytes, 0, COPY_BYTES, null);
        for (let done = 0; done < length; ) done += writeSync(target, bytes, done, length - done);
      }
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

/** Removes a file, and makes that and every rename before it durable. */
export function removeDurably(path: string): void {
  syncFolder(dirname(path));
  rmSync(path, { force: true });
  syncFolder(dirname(path));
}

/** Node's permission model has no fsync, so the file is opened such that each write returns when it is on the disk. */
function writeDurably(path: string, bytes: Uint8Array): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_SYNC = 0 } = constants;
  const file = openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_SYNC, 0o600);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
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
