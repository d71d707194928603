import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Daemon } from './daemon.ts';
import { runProgram, unavailable } from './run-program.ts';

/** An open encrypted folder. */
export interface Mounted {
  /** Where its files are seen. */
  readonly path: string;
  /** Resolves, to why, when nobody answers behind it any more. */
  readonly lost: Promise<string>;
  /** Whether somebody answers: what is written there comes out encrypted. */
  readonly answers: () => Promise<boolean>;
  /** Closes it. What somebody still reads stays open for that one alone. */
  readonly unmount: () => Promise<void>;
}

/** The password is a key of 256 random bits: stretching it would only take time. */
const LEAST_STRETCHING = ['-scryptn', '10'];
const UNMOUNT_TRIES = 10;
const UNMOUNT_EVERY_MS = 100;
/**
 * Ends with its input: with a line when the folder was closed in order, without one when the process that holds the other end is
 * gone, however it went. Only then does it close the folder; after the other it may be open anew.
 */
const WATCH = 'trap "" HUP INT TERM; read -r line || fusermount3 -u -z "$1" 2>/dev/null';
/** What a mount says behind which there is nobody. */
const NOBODY_ANSWERS = new Set(['ENOTCONN', 'ECONNABORTED']);

/**
 * Opens the encrypted folder below a folder, or makes it where there is none. What an earlier run left mounted goes first.
 * @param key 64 hex digits, given to gocryptfs over a pipe
 * @throws AicoError VAULT_FOLDER_UNAVAILABLE
 */
export async function mountFolder(folder: string, key: string): Promise<Mounted> {
  const cipher = join(folder, 'cipher');
  const path = join(folder, 'open');
  await detach(path);
  await mkdir(cipher, { recursive: true, mode: 0o700 });
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (!existsSync(join(cipher, 'gocryptfs.conf'))) await initialize(cipher, key);
  await chmod(path, 0o700);
  const below = await open(path, 'r');
  // Before anything is open: a kill at any moment finds it there.
  const endWatch = watchOver(path);
  const daemon = new Daemon(cipher, path, key);
  try {
    await daemon.untilOpen(() => answers(folder, path));
  } catch (error) {
    await detach(path);
    endWatch();
    throw error;
  } finally {
    await takeNoFiles(below);
  }
  return {
    path,
    lost: daemon.ended,
    answers: () => answers(folder, path),
    unmount: async () => {
      for (let tries = 0; tries < UNMOUNT_TRIES && (await isMounted(folder, path)); tries += 1) {
        const { code } = await runProgram('fusermount3', ['-u', path]);
        if (code !== 0) await setTimeout(UNMOUNT_EVERY_MS);
      }
      if (await isMounted(folder, path)) await detach(path);
      endWatch();
    },
  };
}

/**
 * Lets nobody write to what lies below the open folder, where files would be kept as they are. Whoever mounts has to be able to write
 * there, so that this is done behind the mount, by another process: Node's own `fchmod` is not to be had under its permissions.
 */
async function takeNoFiles(below: FileHandle): Promise<void> {
  await runProgram('chmod', ['500', '/proc/self/fd/3'], { handed: below.fd });
  await below.close();
}

/** Takes away what is mounted there, if anything is, even if nobody answers behind it. */
async function detach(path: string): Promise<void> {
  await runProgram('fusermount3', ['-u', '-z', path]).catch(() => undefined);
}

async function isMounted(folder: string, path: string): Promise<boolean> {
  try {
    return await isOther(folder, path);
  } catch (error) {
    // gocryptfs was killed; the mount is there still.
    if (NOBODY_ANSWERS.has((error as NodeJS.ErrnoException).code ?? '')) return true;
    throw error;
  }
}

async function answers(folder: string, path: string): Promise<boolean> {
  return isOther(folder, path).catch(() => false);
}

async function isOther(folder: string, path: string): Promise<boolean> {
  const [outside, inside] = await Promise.all([stat(folder), stat(path)]);
  return outside.dev !== inside.dev;
}

async function initialize(cipher: string, key: string): Promise<void> {
  const parameters = ['-init', '-q', ...LEAST_STRETCHING, '--', cipher];
  const { code, output } = await runProgram('gocryptfs', parameters, { input: `${key}\n` });
  if (code !== 0) throw unavailable(output.trim().split('\n').at(-1) || `gocryptfs ended with ${code}`);
}

/** Unmounts when this process is gone. Returns its end. */
function watchOver(path: string): () => void {
  const shell = spawn('/bin/sh', ['-c', WATCH, 'watch', path], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  return () => shell.stdin.end('\n');
}
