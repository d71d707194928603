import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const { O_RDWR, O_WRONLY, O_CREAT, O_TRUNC, O_SYNC = 0 } = constants;

/*
 * As `@aico/sdk/system` writes through, but without holding up the process: a pack is 16 MiB long, and its folder may be a slow share or
 * a disk that hangs. Meanwhile this plugin tells how far it is, says to storage that it still copies, and stops when the vault is locked.
 */

/** A file that is being written, durable when `close` resolves. */
export interface DurableWriter {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Node's permission model has no fsync, so the file is opened such that each write returns when it is on the disk. */
export async function openDurably(path: string): Promise<DurableWriter> {
  const file = await open(path, O_WRONLY | O_CREAT | O_TRUNC | O_SYNC, 0o600);
  return {
    async write(bytes) {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, done);
        done += bytesWritten;
      }
    },
    close: () => file.close(),
  };
}

/** Overwrites a file where it lies, before it is removed: its bytes on the disk are others then. Nothing, where there is none. */
export async function destroyFile(path: string): Promise<void> {
  try {
    const file = await open(path, O_RDWR | O_SYNC);
    try {
      const { size } = await file.stat();
      await file.write(randomBytes(size), 0, size, 0);
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await rm(path, { force: true });
}

/** Puts a file in place whole: a crash or a full disk leaves nothing under its name, or what was there before. */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.new`;
  try {
    const file = await openDurably(temporary);
    try {
      await file.write(bytes);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes renames before it durable: journalled file systems commit the folder's changes in their order. */
async function syncFolder(folder: string): Promise<void> {
  const marker = join(folder, '.sync');
  const file = await openDurably(marker);
  await file.write(Buffer.of(1)).finally(() => file.close());
  await rm(marker, { force: true });
}
