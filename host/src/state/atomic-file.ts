import { randomBytes } from 'node:crypto';
import { closeSync, constants, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

const PRIVATE_FILE = 0o600;

/**
 * Replaces a file as a whole: after a crash at any moment it holds the old text or the new, never a part.
 * @throws the file system's own error; the old file is then untouched
 */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  const draft = draftOf(path);
  try {
    const file = await open(draft, 'wx', PRIVATE_FILE);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
  syncFolder(dirname(path));
}

/** The same before anything else runs, when there is nothing to wait for. */
export function writeFileAtomicallySync(path: string, text: string): void {
  const draft = draftOf(path);
  try {
    const file = openSync(draft, 'wx', PRIVATE_FILE);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    try {
      unlinkSync(draft);
    } catch {
      // There was no draft to remove.
    }
    throw error;
  }
  syncFolder(dirname(path));
}

function draftOf(path: string): string {
  return `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
}

/** A rename is durable once its folder is; Windows has no such call and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
