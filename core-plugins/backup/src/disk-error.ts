import { AicoError, isAicoError } from '@aico/sdk';

const NOTHING_THERE = 'nothing is at that place';
const NO_ANSWER = 'its disk or share does not answer';
const FULL = new Set(['ENOSPC', 'EDQUOT']);
/** What a folder says that is not there, by what the system calls it. */
const GONE: ReadonlyMap<string, string> = new Map([
  ['ENOENT', NOTHING_THERE],
  ['ENOTDIR', 'a part of its path is no folder'],
  ['ENODEV', 'its disk is not connected'],
  ['ENXIO', 'its disk is not connected'],
  ['ESTALE', 'the share does not know it any more'],
  ['ENOTCONN', 'what shows it there does not answer any more'],
  ['EHOSTDOWN', 'the machine with the share does not answer'],
  ['EHOSTUNREACH', 'the machine with the share is out of reach'],
  ['ETIMEDOUT', 'the machine with the share does not answer'],
  ['EIO', 'its disk fails at reading or writing'],
]);
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'not permitted'],
  ['EROFS', 'the disk is read-only'],
  ['EISDIR', 'a folder is where a file should be'],
  ['ELOOP', 'too many symbolic links'],
  ['ENAMETOOLONG', 'the path is too long'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
  ['EBUSY', 'something else holds it'],
  ['ERR_ACCESS_DENIED', 'AICO was not handed it'],
]);

/** What the disk refused, in a few words. */
export function diskProblem(error: unknown): string {
  const { code = String(error) } = error as NodeJS.ErrnoException;
  return GONE.get(code) ?? REFUSED.get(code) ?? code;
}

/** What the disk of a folder refused, as its user learns it. */
export function folderError(folder: string, error: unknown): AicoError {
  if (isAicoError(error)) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (FULL.has(code)) return new AicoError('BACKUP_FULL', { subject: folder, cause: error });
  const found = GONE.has(code) ? 'BACKUP_FOLDER_GONE' : 'BACKUP_UNWRITABLE';
  return new AicoError(found, { subject: folder, details: { problem: diskProblem(error) }, cause: error });
}

/** One that is not at its place. */
export function folderGone(folder: string): AicoError {
  return new AicoError('BACKUP_FOLDER_GONE', { subject: folder, details: { problem: NOTHING_THERE } });
}

/** One whose disk or share hangs. */
export function folderSilent(folder: string): AicoError {
  return new AicoError('BACKUP_FOLDER_GONE', { subject: folder, details: { problem: NO_ANSWER } });
}

/** Whether that is what was told. */
export function isSilence(error: unknown): boolean {
  return isAicoError(error, 'BACKUP_FOLDER_GONE') && error.details?.['problem'] === NO_ANSWER;
}

/** A file that cannot be read, as its user learns it. */
export function unreadable(path: string, error: unknown): AicoError {
  return new AicoError('BACKUP_UNREADABLE', { subject: path, details: { problem: diskProblem(error) }, cause: error });
}

/** Runs work on a folder. @throws AicoError BACKUP_FULL, BACKUP_FOLDER_GONE, BACKUP_UNWRITABLE */
export async function onFolder<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw folderError(folder, error);
  }
}

/** Reads a folder. @throws AicoError BACKUP_FOLDER_GONE, BACKUP_UNREADABLE */
export async function readingFolder<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const told = folderError(folder, error);
    throw isAicoError(error) || told.code !== 'BACKUP_UNWRITABLE' ? told : unreadable(folder, error);
  }
}

/** Unpacks into a folder beside the data. @throws AicoError BACKUP_NO_ROOM, BACKUP_FOLDER_GONE, BACKUP_UNWRITABLE */
export async function unpackingTo<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await onFolder(folder, work);
  } catch (error) {
    if (!isAicoError(error, 'BACKUP_FULL')) throw error;
    throw new AicoError('BACKUP_NO_ROOM', { subject: folder, cause: error });
  }
}
