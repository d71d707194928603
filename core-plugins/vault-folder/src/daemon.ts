import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { unavailable } from './run-program.ts';

const OPEN_TIMEOUT_MS = 20_000;
const LOOK_EVERY_MS = 20;
const MOST_OUTPUT = 4096;

/** The gocryptfs that answers behind an open folder. It stays a child of this process, so that its end is heard at once. */
export class Daemon {
  /** Why it ended. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  #why: string | undefined;

  /** @param key given to it over a pipe */
  constructor(cipher: string, path: string, key: string) {
    // A group of its own: a Ctrl-C in the terminal is not for it.
    const child = spawn('gocryptfs', ['-fg', '-q', '--', cipher, path], {
      stdio: ['pipe', 'ignore', 'pipe'],
      cwd: '/',
      detached: true,
    });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-MOST_OUTPUT);
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${key}\n`);
    const ended = Promise.withResolvers<string>();
    const finish = (why: string): void => {
      this.#why ??= why;
      ended.resolve(this.#why);
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      finish(error.code === 'ENOENT' ? 'gocryptfs is not installed' : error.message),
    );
    child.once('close', (code, signal) => {
      const line = output.trim().split('\n').at(-1);
      finish(line || (signal === null ? `gocryptfs ended with ${code}` : `gocryptfs was ended by ${signal}`));
    });
    this.ended = ended.promise;
    this.#child = child;
  }

  /** @throws AicoError VAULT_FOLDER_UNAVAILABLE */
  async untilOpen(isOpen: () => Promise<boolean>): Promise<void> {
    const late = performance.now() + OPEN_TIMEOUT_MS;
    while (!(await isOpen())) {
      if (this.#why !== undefined) throw unavailable(this.#why);
      if (performance.now() > late) {
        this.#child.kill('SIGKILL');
        throw unavailable(`gocryptfs does not open it within ${OPEN_TIMEOUT_MS / 1000} s`);
      }
      await setTimeout(LOOK_EVERY_MS);
    }
  }
}
