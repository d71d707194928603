import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

export const HOST: string = fileURLToPath(new URL('../../host/dist/main.js', import.meta.url));
const READY_WITHIN_MS = 60_000;
const TOLD_TROUBLES = 30;
const READY = /Ready in .*: (http:\S+)?/;

/** The real product: its own process tree, sockets and data folder. */
export class Product {
  readonly home: string;
  /** Where it listens; empty when its gateway does not run. */
  readonly url: string;
  /** What it said until it was ready. */
  readonly output: string;
  readonly #child: ChildProcess;
  readonly #environment: Record<string, string>;

  private constructor(home: string, output: string, child: ChildProcess, environment: Record<string, string>) {
    this.home = home;
    this.url = READY.exec(output)?.[1] ?? '';
    this.output = output;
    this.#child = child;
    this.#environment = environment;
  }

  /** Starts it, on a home that goes when the test ends unless one is given. */
  static async start(options: { home?: string; env?: Record<string, string>; folder?: string } = {}): Promise<Product> {
    const home = options.home ?? (await temporaryHome());
    const product = await Product.launch(home, options.env, options.folder);
    onTestFinished(async ({ task: { result } }) => {
      if (result?.state === 'fail') await tellTroubles(home);
      await product.stop();
    });
    return product;
  }

  /** Starts it for somebody who stops it, in a folder when one is given. */
  static async launch(home: string, env?: Record<string, string>, folder?: string): Promise<Product> {
    const environment = environmentOf(home, env);
    const options = { env: environment, cwd: folder ?? process.cwd() };
    const child = spawn(process.execPath, [HOST, 'start'], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    return new Product(home, await readyOutput(child), child, environment);
  }

  /** Of the host; its plugins run below it. */
  get processId(): number {
    return this.#child.pid ?? 0;
  }

  /** The `aico` command against this product. */
  aico(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return runAico(args, this.#environment);
  }

  /** `aico unlock`, with the password on standard input. */
  async unlock(password: string, ...args: string[]): Promise<void> {
    const { code, stderr } = await runAico(['unlock', '--password-stdin', ...args], this.#environment, {
      input: password,
    });
    if (code !== 0) throw new Error(`the vault did not open: ${stderr}`);
  }

  /** Asks it to stop, as Ctrl-C does; resolves when its process is gone. */
  async stop(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.kill(signal);
    await gone;
  }
}

/** What AICO itself wrote down as wrong, for whoever looks at a test that failed on another machine. */
async function tellTroubles(home: string): Promise<void> {
  // By the command: what plugins said is sealed, and readable as long as the product runs and is open.
  const { stdout } = await runAico(['logs', '--json', '-n', '1000'], environmentOf(home));
  const troubles = stdout.split('\n').filter((line) => /"level":"(?:warn|error|fatal)"/.test(line));
  process.stderr.write(`${home} noted:\n${troubles.slice(-TOLD_TROUBLES).join('\n')}\n`);
}

/** A data folder that goes when the test ends. */
export async function temporaryHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'aico-home-'));
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  return home;
}

/** Runs the `aico` command on a home. */
export async function runAico(
  args: readonly string[],
  environment: Record<string, string>,
  { cwd = process.cwd(), input = '' }: { readonly cwd?: string; readonly input?: string } = {},
) {
  const running = promisify(execFile)(process.execPath, [HOST, ...args], { env: environment, cwd });
  running.child.stdin?.end(input);
  try {
    return { code: 0, ...(await running) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

export function environmentOf(home: string, more: Record<string, string> = {}): Record<string, string> {
  const { PATH = '', TMPDIR } = process.env;
  const base = { PATH, AICO_HOME: home, AICO_OPEN: 'false', AICO_PLUGINS_GATEWAY_PORT: '0' };
  return TMPDIR === undefined ? { ...base, ...more } : { ...base, TMPDIR, ...more };
}

function readyOutput(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (): void => reject(new Error(`the product did not become ready:\n${output}`));
    const timer = setTimeout(fail, READY_WITHIN_MS);
    const read = (piece: Buffer): void => {
      output += piece.toString();
      if (!READY.test(output) || !output.includes('Ctrl-C stops everything.')) return;
      clearTimeout(timer);
      resolve(output);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', fail);
  });
}
