import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Benchmark, median, rounds } from './figure.ts';
import { idleCpu, pssMb, tree } from './process-tree.ts';

const HOST = fileURLToPath(new URL('../../host/dist/main.js', import.meta.url));
const BOOT_ROUNDS = 5;
const IDLE_ROUNDS = 3;
const UNLOCK_ROUNDS = 5;
const SETTLE_MS = 5_000;
const IDLE_MS = 10_000;

/** The product, running. */
export interface Running {
  readonly child: ChildProcess;
  readonly home: string;
  /** Runs an `aico` command, with something on standard input; what it printed. */
  aico(args: readonly string[], input?: string): Promise<string>;
  readonly url: string;
  readonly readyAfterMs: number;
}

/** From the command to "ready", with a fresh home. */
export const productBoot: Benchmark = {
  names: ['boot.ready'],
  run: async () => {
    const values = await rounds(BOOT_ROUNDS, () => withProduct(async ({ readyAfterMs }) => readyAfterMs));
    return [{ name: 'boot.ready', value: median(values), unit: 'ms', rounds: BOOT_ROUNDS }];
  },
};

/** CPU (percent of one core) and memory (PSS) of the whole process tree while nothing is asked of it. */
export const productIdle: Benchmark = {
  names: ['idle.cpu', 'idle.pss'],
  run: async () => {
    const values = await rounds(IDLE_ROUNDS, () =>
      withProduct(async ({ child }) => {
        await pause(SETTLE_MS);
        const cpu = await idleCpu(child.pid ?? 0, IDLE_MS);
        const pss = await Promise.all((await tree(child.pid ?? 0)).map(pssMb));
        return { cpu, pss: pss.reduce((sum, each) => sum + each, 0) };
      }),
    );
    return [
      { name: 'idle.cpu', value: median(values.map(({ cpu }) => cpu)), unit: '% of one core', rounds: IDLE_ROUNDS },
      { name: 'idle.pss', value: median(values.map(({ pss }) => pss)), unit: 'MB', rounds: IDLE_ROUNDS },
    ];
  },
};

/** From the master password to the answer that the vault is open, as the app asks for it. */
export const unlockTime: Benchmark = {
  names: ['unlock.time'],
  run: async () => {
    const values = await withProduct(async ({ url }) => {
      let session = await signIn(url, 'setup');
      return rounds(UNLOCK_ROUNDS, async () => {
        await fetch(`${url}/api/v1/vault/lock`, { method: 'POST', headers: session, body: '{}' });
        // What the lock ended ends by itself, and would be measured along.
        await pause(SETTLE_MS);
        const begun = performance.now();
        session = await signIn(url, 'session');
        return performance.now() - begun;
      });
    });
    return [{ name: 'unlock.time', value: median(values), unit: 'ms', rounds: UNLOCK_ROUNDS }];
  },
};

/** Sets the password or unlocks with it; the headers of the session. */
async function signIn(url: string, path: 'setup' | 'session'): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/json', origin: url };
  const body = JSON.stringify({ password: 'how long does this take' });
  const response = await fetch(`${url}/api/v1/${path}`, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`the vault did not open: ${response.status}`);
  const { csrf } = (await response.json()) as { csrf: string };
  const cookie = response.headers.getSetCookie().map((each) => each.split(';')[0]);
  return { ...headers, cookie: cookie.join('; '), 'x-aico-csrf': csrf };
}

/** Starts it on a home of its own, which goes afterwards. @param prepare what is put into the home before */
export async function withProduct<T>(
  measure: (running: Running) => Promise<T>,
  prepare: (home: string) => Promise<void> = async () => {},
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'aico-bench-home-'));
  await prepare(home);
  const env = { ...process.env, AICO_HOME: home, AICO_OPEN: 'false', AICO_PLUGINS_GATEWAY_PORT: '0' };
  const begun = performance.now();
  const child = spawn(process.execPath, [HOST, 'start'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await ready(child);
    const readyAfterMs = performance.now() - begun;
    const aico = async (args: readonly string[], input = ''): Promise<string> => {
      const running = promisify(execFile)(process.execPath, [HOST, ...args], { env });
      running.child.stdin?.end(input);
      return (await running).stdout;
    };
    return await measure({ child, home, url, aico, readyAfterMs });
  } finally {
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    await gone;
    await rm(home, { recursive: true, force: true });
  }
}

/** Resolves, with its address, at the line that tells that everything runs. */
function ready(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (piece: Buffer) => {
      output += piece.toString();
      const [, url] = /Ready in .*: (http:\S+)/.exec(output) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', () => reject(new Error(`the product ended before it was ready:\n${output}`)));
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
