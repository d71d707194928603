import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { AicoError } from '@aico/schemas';
import { problemOf } from '../problem.ts';
import { MOST_LINE_BYTES, passwordLines, unreadable } from './password-line.ts';

/** What of a password's way here is given; never the password itself. */
export interface HandOverOptions {
  /** An open descriptor that holds it. */
  readonly passwordFd?: number;
}

const DESCRIPTORS = '/proc/self/fdinfo';
const { O_RDONLY } = constants;
const O_ACCMODE = 3;
const CREDENTIAL = 'aico.password';
/** A byte more than the longest line has, so that a longer one is known by it. */
const MOST_BYTES = MOST_LINE_BYTES + 1;
const OTHERS_MAY_READ = 0o004;

/**
 * The password that whoever started us handed over: the first line of an open descriptor, else of systemd's credential
 * `aico.password`. What was read is zeroed and the descriptor closed, so that no process that we start inherits it.
 * @throws AicoError HOST_PASSWORD_UNREADABLE
 */
export function readHandedPassword(
  { passwordFd }: HandOverOptions,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (passwordFd !== undefined) {
    const subject = `descriptor ${passwordFd}`;
    return reading(subject, () => {
      if (isatty(passwordFd)) throw unreadable(subject, 'it is a terminal');
      if (!canBeHanded(passwordFd)) throw unreadable(subject, 'nothing was handed over by it');
      return firstLine(passwordFd, subject);
    });
  }
  const { CREDENTIALS_DIRECTORY: folder } = environment;
  const path = folder ? join(folder, CREDENTIAL) : undefined;
  if (path === undefined || !existsSync(path)) return undefined;
  return reading(path, () => {
    // To open a pipe that nobody writes to would wait without end.
    if (!statSync(path).isFile()) throw unreadable(path, 'it is no file');
    const file = openSync(path, 'r');
    if (process.platform === 'win32' || (fstatSync(file).mode & OTHERS_MAY_READ) === 0) return firstLine(file, path);
    closeSync(file);
    throw unreadable(path, 'other users of this machine may read it');
  });
}

/**
 * Under numbers that nobody handed over the runtime keeps things of its own, and aborts when one of them is closed. Nobody else writes
 * to a pipe whose writing end is here: it would be waited for without end.
 */
function canBeHanded(descriptor: number): boolean {
  const stats = fstatSync(descriptor);
  if (stats.isFIFO()) return !isWrittenHere(stats);
  return stats.isFile() || stats.isSocket() || stats.isCharacterDevice();
}

/** Whether a descriptor of this process writes to a pipe. Where the system does not tell which are open: no. */
function isWrittenHere({ dev, ino }: Stats): boolean {
  if (!existsSync(DESCRIPTORS)) return false;
  return readdirSync(DESCRIPTORS).some((name) => {
    try {
      const other = fstatSync(Number(name));
      if (!other.isFIFO() || other.ino !== ino || other.dev !== dev) return false;
      const [, flags = '0'] = /^flags:\s*(\d+)$/m.exec(readFileSync(join(DESCRIPTORS, name), 'utf8')) ?? [];
      return (Number.parseInt(flags, 8) & O_ACCMODE) !== O_RDONLY;
    } catch {
      // The one by which the list was read.
      return false;
    }
  });
}

function firstLine(file: number, subject: string): string {
  const bytes = Buffer.alloc(MOST_BYTES);
  try {
    let length = 0;
    for (let read = 1; read > 0 && length < MOST_BYTES && !bytes.includes(0x0a); length += read)
      read = readSync(file, bytes, length, MOST_BYTES - length, null);
    const [line = ''] = passwordLines(bytes.subarray(0, length), 1, subject);
    return line;
  } finally {
    bytes.fill(0);
    closeSync(file);
  }
}

function reading(subject: string, read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (error instanceof AicoError) throw error;
    throw unreadable(subject, problemOf(error));
  }
}
