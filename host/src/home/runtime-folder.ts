import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AicoError } from '@aico/schemas';
import { problemOf } from '../problem.ts';

/** A socket's path has room for 104 bytes on macOS and 108 on Linux; what lies in the folder needs up to 58 of them. */
const MAX_FOLDER_BYTES = 46;

/** What the choice of the folder depends on. */
export interface RuntimeEnvironment {
  /** `XDG_RUNTIME_DIR`. */
  readonly xdgRuntime: string | undefined;
  readonly temporary: string;
  /** Undefined on Windows. */
  readonly userId: number | undefined;
}

/** The environment of this process. */
export function runtimeEnvironment(): RuntimeEnvironment {
  return { xdgRuntime: process.env['XDG_RUNTIME_DIR'], temporary: tmpdir(), userId: process.getuid?.() };
}

/** Where the sockets of a data folder lie: one folder for each, found again by its path alone. */
export function runtimeFolder(home: string, environment: RuntimeEnvironment): string {
  const { xdgRuntime, temporary, userId } = environment;
  const hash = createHash('sha256').update(realPath(home)).digest('hex').slice(0, 10);
  const shared = userId === undefined ? `aico-${hash}` : `aico-${userId}-${hash}`;
  const choices = xdgRuntime ? [join(xdgRuntime, `aico-${hash}`)] : [];
  choices.push(join(temporary, shared));
  if (userId !== undefined) choices.push(join('/tmp', shared));
  const fitting = choices.find((path) => Buffer.byteLength(path) <= MAX_FOLDER_BYTES);
  return fitting ?? (choices.at(-1) as string);
}

/**
 * Makes the folder, or makes sure that it is ours alone: somebody else may have put one there first.
 * @throws AicoError HOST_RUNTIME_FOLDER_UNSAFE
 */
export function claimRuntimeFolder(folder: string, userId: number | undefined): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unsafe(folder, problemOf(error), error);
  }
  const problem = problemWith(folder, userId);
  if (problem !== undefined) throw unsafe(folder, problem);
}

/** Takes the folder away again, unless something lies in it. */
export function dropRuntimeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody uses it.
  }
}

/** Why a folder must not be used, or undefined. It is looked at itself, not where a link leads. */
export function problemWith(folder: string, userId: number | undefined): string | undefined {
  const stats = lstatSync(folder);
  if (stats.isSymbolicLink()) return 'it is a symbolic link';
  if (!stats.isDirectory()) return 'it is not a folder';
  if (userId === undefined) return undefined;
  if (stats.uid !== userId) return 'it belongs to somebody else';
  if ((stats.mode & 0o077) !== 0) return 'others can enter it';
  return undefined;
}

/** Two ways to the same data folder must find the same sockets. */
export function realPath(home: string): string {
  try {
    return realpathSync(home);
  } catch {
    return home;
  }
}

function unsafe(subject: string, problem: string, cause?: unknown): AicoError {
  return new AicoError('HOST_RUNTIME_FOLDER_UNSAFE', { subject, details: { problem }, cause });
}
