import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { AicoError } from '@aico/schemas';
import { problemOf } from '../problem.ts';

/** What of a password's way here is given; never the password itself. */
export interface HandOverOptions {
  /** An open descriptor that holds it. */
  readonly passwordFd?: number;
}

const CREDENTIAL = 'aico.password';
const MOST_CHARACTERS = 1024;
const MOST_BYTES = MOST_CHARACTERS * 4 + 2;
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
    const file = openSync(path, 'r');
    if (process.platform === 'win32' || (fstatSync(file).mode & OTHERS_MAY_READ) === 0) return firstLine(file, path);
    closeSync(file);
    throw unreadable(path, 'other users of this machine may read it');
  });
}

/** Under numbers that nobody handed over the runtime keeps things of its own, and aborts when one of them is closed. */
function canBeHanded(descriptor: number): boolean {
  const stats = fstatSync(descriptor);
  return stats.isFile() || stats.isFIFO() || stats.isSocket() || stats.isCharacterDevice();
}

function firstLine(file: number, subject: string): string {
  const bytes = Buffer.alloc(MOST_BYTES);
  try {
    let length = 0;
    for (let read = 1; read > 0 && length < MOST_BYTES && !bytes.includes(0x0a); length += read)
      read = readSync(file, bytes, length, MOST_BYTES - length, null);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
    const line = (text.split('\n')[0] ?? '').replace(/\r$/, '');
    if (line === '') throw unreadable(subject, 'it is empty');
    if (line.length > MOST_CHARACTERS) throw unreadable(subject, 'it is too long');
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
    // What could not be decoded is the password: its error is not passed on.
    throw unreadable(subject, error instanceof TypeError ? 'it is no text' : problemOf(error));
  }
}

function unreadable(subject: string, problem: string): AicoError {
  return new AicoError('HOST_PASSWORD_UNREADABLE', { subject, details: { problem } });
}
