import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PARENT_CHECK_INTERVAL_MS = 500;

/**
 * Runs a program with our terminal and resolves to its exit code (128 + n when signal n ended it).
 *
 * A Ctrl-C reaches every process of a terminal by itself, a `kill` only us: so whatever we get, the child gets SIGTERM,
 * which asks it once more for the stop that it may have begun. On Windows a signal would end it unasked: it is left to
 * the console's own Ctrl-C.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<number>}
 */
export function runChild(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', ...options });
    const forward = () => {
      if (process.platform !== 'win32') child.kill('SIGTERM');
    };
    const watch = whenOrphaned(forward);
    const release = () => {
      clearInterval(watch);
      for (const signal of FORWARDED) process.off(signal, forward);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    child.once('error', (error) => {
      release();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      release();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/** npm passes a SIGTERM to the shell between us, which dies of it and tells nobody: being orphaned is how we hear of it. */
function whenOrphaned(act) {
  if (!process.env.npm_lifecycle_event) return undefined;
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent) act();
  }, PARENT_CHECK_INTERVAL_MS).unref();
}
