import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AicoError } from '@aico/sdk';
import { runProgram } from './run-program.ts';

/** An open encrypted folder. */
export interface Mounted {
  /** Where its files are seen. */
  readonly path: string;
  /** Closes it. What somebody still reads stays open for that one alone. */
  readonly unmount: () => Promise<void>;
}

/** The password is a key of 256 random bits: stretching it would only take time. */
const LEAST_STRETCHING = ['-scryptn', '10'];
const UNMOUNT_TRIES = 10;
const UNMOUNT_EVERY_MS = 100;
/** Ends with its input, which is when the process that holds the other end is gone, however it went. */
const WATCH = 'trap "" HUP INT TERM; read -r line; fusermount3 -u -z "$1" 2>/dev/null';

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
  if (!existsSync(join(cipher, 'gocryptfs.conf'))) await gocryptfs(['-init', ...LEAST_STRETCHING, '--', cipher], key);
  await gocryptfs(['--', cipher, path], key);
  if (!(await isMounted(folder, path))) throw unavailable('gocryptfs opened nothing');
  const endWatch = watchOver(path);
  return {
    path,
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

/** Takes away what is mounted there, if anything is, even if nobody answers behind it. */
async function detach(path: string): Promise<void> {
  await runProgram('fusermount3', ['-u', '-z', path]).catch(() => undefined);
}

async function isMounted(folder: string, path: string): Promise<boolean> {
  try {
    const [outside, inside] = await Promise.all([stat(folder), stat(path)]);
    return outside.dev !== inside.dev;
  } catch (error) {
    // gocryptfs was killed; the mount is there still.
    if ((error as NodeJS.ErrnoException).code === 'ENOTCONN') return true;
    throw error;
  }
}

async function gocryptfs(parameters: readonly string[], key: string): Promise<void> {
  const { code, output } = await runProgram('gocryptfs', ['-q', ...parameters], `${key}\n`);
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
  return () => shell.stdin.end();
}

function unavailable(problem: string, cause?: unknown): AicoError {
  return new AicoError('VAULT_FOLDER_UNAVAILABLE', { subject: 'vault-folder', details: { problem }, cause });
}
