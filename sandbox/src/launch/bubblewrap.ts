import { execFile } from 'node:child_process';
import { sealedArguments } from '@aico/sdk/system';
import { findOnPath } from './find-on-path.ts';

const PROBE_TIMEOUT_MS = 5_000;

export type BubblewrapState =
  | { readonly on: true; readonly path: string }
  | { readonly on: false; readonly why: string };

/** A bubblewrap that was really tried with the very arguments that plugins get, or the reason why it is off. */
export async function probeBubblewrap(): Promise<BubblewrapState> {
  if (process.platform !== 'linux')
    return { on: false, why: `bubblewrap is for Linux; on ${process.platform} no layer was tried on a real machine` };
  const path = findOnPath('bwrap');
  if (path === undefined) return { on: false, why: 'bubblewrap (bwrap) is not installed' };
  const problem = await tryOnce(path, [...sealedArguments({ readable: [] }), process.execPath, '--version']);
  return problem === undefined ? { on: true, path } : { on: false, why: `bwrap failed here: ${problem}`.slice(0, 200) };
}

function tryOnce(path: string, parameters: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, parameters, { timeout: PROBE_TIMEOUT_MS, env: {} }, (error, _, stderr) => {
      if (error === null) resolve(undefined);
      else resolve(stderr.trim().split('\n')[0] || error.message);
    });
  });
}
