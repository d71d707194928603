import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AicoError } from '@aico/schemas';
import { problemOf } from '../problem.ts';
import type { HomeFolders } from './home-folders.ts';
import { claimFormat } from './home-format.ts';

const PRIVATE_FOLDER = 0o700;
/** Less than this and the first conversation may already not fit. */
export const NEEDED_MB = 16;

/**
 * Makes the data folder ready to be used: it exists, only its owner can enter, it can be written, it has room, and its
 * format is known. Nothing else was touched when it throws.
 * @throws AicoError HOST_HOME_UNWRITABLE, HOST_HOME_FULL, HOST_HOME_NEWER, HOST_HOME_FORMAT_DAMAGED
 */
export function prepareHome(folders: HomeFolders): void {
  const { home, formatFile, state, logs, data, vault, packages } = folders;
  guard(home, () => {
    makeFolder(home);
    closeToOthers(home);
  });
  assertRoom(home, freeMegabytes(home));
  guard(home, () => {
    for (const folder of [state, logs, data, vault, packages]) makeFolder(folder);
    assertWritable(state);
    claimFormat(home, formatFile);
  });
}

/** Free space for us, in MB (2^20 bytes). */
export function freeMegabytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / 2 ** 20);
}

/** Whether people other than the owner can enter a folder. Windows has no such bits. */
export function isOpenToOthers(folder: string): boolean {
  return process.platform !== 'win32' && (statSync(folder).mode & 0o077) !== 0;
}

/** Writes and forces to disk, which is what a full or read-only disk refuses. */
export function assertWritable(folder: string): void {
  const path = join(folder, `.probe-${randomBytes(6).toString('hex')}`);
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, 'x'.repeat(4096));
    fsyncSync(file);
  } finally {
    closeSync(file);
    unlinkSync(path);
  }
}

/** Node's own recursive mkdir calls a read-only disk a missing folder; one step at a time tells the truth. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: PRIVATE_FOLDER });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && dirname(path) !== path) {
      makeFolder(dirname(path));
      mkdirSync(path, { mode: PRIVATE_FOLDER });
    } else if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      throw error;
    }
  }
}

function closeToOthers(home: string): void {
  if (isOpenToOthers(home)) chmodSync(home, PRIVATE_FOLDER);
}

function assertRoom(home: string, free: number): void {
  if (free >= NEEDED_MB) return;
  throw new AicoError('HOST_HOME_FULL', { subject: home, details: { free, needed: NEEDED_MB } });
}

function guard(home: string, body: () => void): void {
  try {
    body();
  } catch (error) {
    if (error instanceof AicoError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      const details = { free: 0, needed: NEEDED_MB };
      throw new AicoError('HOST_HOME_FULL', { subject: home, details, cause: error });
    }
    throw new AicoError('HOST_HOME_UNWRITABLE', {
      subject: home,
      details: { problem: problemOf(error) },
      cause: error,
    });
  }
}
