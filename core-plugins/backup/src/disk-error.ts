import { AicoError, isAicoError } from '@aico/sdk';

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const GONE = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO', 'ESTALE', 'ENOTCONN', 'EIO']);

/** What the disk of a folder refused, as its user learns it. */
export function folderError(folder: string, error: unknown): AicoError {
  if (isAicoError(error)) return error;
  const { code = String(error) } = error as NodeJS.ErrnoException;
  if (FULL.has(code)) return new AicoError('BACKUP_FULL', { subject: folder, cause: error });
  const found = GONE.has(code) ? 'BACKUP_FOLDER_GONE' : 'BACKUP_UNWRITABLE';
  return new AicoError(found, { subject: folder, details: { problem: code }, cause: error });
}

/** Runs work on a folder. @throws AicoError BACKUP_FULL, BACKUP_FOLDER_GONE, BACKUP_UNWRITABLE */
export async function onFolder<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw folderError(folder, error);
  }
}
