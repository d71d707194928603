import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { AicoError } from '@aico/schemas';
import { problemOf } from '../problem.ts';

/**
 * Opens a file that nobody else reads and that was not there: no other file is lost to it.
 * @throws AicoError HOST_FILE_TAKEN, HOST_FILE_UNWRITABLE
 */
export function openNewFile(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST')
      throw new AicoError('HOST_FILE_TAKEN', { subject: path, cause });
    throw unwritable(path, cause);
  }
}

/** Writes such a file, whole or not at all. @throws AicoError likewise */
export function writeNewFile(path: string, bytes: Uint8Array): void {
  const file = openNewFile(path);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  } catch (cause) {
    rmSync(path, { force: true });
    throw unwritable(path, cause);
  } finally {
    closeSync(file);
  }
}

function unwritable(path: string, cause: unknown): AicoError {
  const isAbsent = (cause as NodeJS.ErrnoException).code === 'ENOENT';
  const problem = isAbsent ? 'its folder does not exist' : problemOf(cause);
  return new AicoError('HOST_FILE_UNWRITABLE', { subject: path, details: { problem }, cause });
}
