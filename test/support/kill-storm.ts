import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { PluginInfo } from '@aico/schemas';
import { HEARER, TELLER } from './kill-storm-plugins.ts';
import { type Kill, type StormReport, sumUp } from './kill-storm-report.ts';
import { packStranger, trustStranger } from './stranger.ts';

const HOST = fileURLToPath(new URL('../../host/dist/main.js', import.meta.url));
const PASSWORD = 'correct horse battery staple';
const READY_MS = 60_000;
const ALIVE_MS = 60_000;
const CAUGHT_UP_MS = 60_000;
const LOOK_EVERY_MS = 100;
/** What the storm is about; whatever else the product does would only slow it down. */
const UNUSED = ['memory', 'chat', 'llm'];
export const VICTIMS = ['teller', 'hearer', 'journal', 'host'] as const;
export type Victim = (typeof VICTIMS)[number];

/** The real product with a publisher and a consumer of durable events, all of which may be killed at any moment. */
export class KillStorm implements AsyncDisposable {
  readonly #home: string;
  readonly #kills: Kill[] = [];
  #host: ChildProcess | undefined;

  private constructor(home: string) {
    this.#home = home;
  }

  static async open(): Promise<KillStorm> {
    const home = await mkdtemp(join(tmpdir(), 'aico-storm-'));
    const storm = new KillStorm(home);
    await trustStranger(home, 'isolated', 'trusted');
    await storm.#start();
    await storm.#aico(['unlock', '--create', '--password-stdin'], PASSWORD);
    for (const id of UNUSED) await storm.#aico(['plugin', 'disable', id]);
    for (const { id, code, manifest } of [HEARER, TELLER]) {
      await storm.#aico(['plugin', 'install', await packStranger(home, id, code, manifest)]);
      await storm.#aico(['plugin', 'enable', id]);
    }
    await storm.#alive();
    return storm;
  }

  /** Kills one with -9 after a while, and brings it back by what its user has at hand. @returns when all live again */
  async kill(victim: Victim, afterMs: number): Promise<void> {
    await sleep(afterMs);
    if (victim === 'host') {
      const from = Date.now();
      await this.#end('SIGKILL');
      await this.#start();
      // Its plugins outlive a killed host by a moment, but never until another one is ready.
      this.#kills.push({ from, until: Date.now() });
      await this.#unlock();
      return;
    }
    const { processId } = (await this.#plugins()).find(({ id }) => id === victim) ?? {};
    if (processId === undefined) throw new Error(`${victim} does not run`);
    const from = Date.now();
    process.kill(processId, 'SIGKILL');
    await sleep(LOOK_EVERY_MS);
    this.#kills.push({ from, until: Date.now() });
    // Three crashes in five minutes set a plugin aside: whoever wants it says so.
    await this.#aico(['plugin', 'enable', victim]);
    await this.#alive();
  }

  /** Stops the product in peace under traffic, and starts it again. */
  async restart(afterMs: number): Promise<void> {
    await sleep(afterMs);
    await this.#end('SIGTERM');
    await this.#start();
    await this.#unlock();
  }

  /** Ends the traffic and tells what became of everything that was acknowledged. */
  async report(): Promise<StormReport> {
    await this.#aico(['plugin', 'disable', 'teller']);
    const end = performance.now() + CAUGHT_UP_MS;
    for (;;) {
      const report = sumUp(this.#lines('teller'), this.#lines('hearer'), this.#kills);
      if (report.lost.length === 0 || performance.now() > end) return report;
      await sleep(LOOK_EVERY_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGTERM');
    await rm(this.#home, { recursive: true, force: true, maxRetries: 5 });
  }

  async #start(): Promise<void> {
    const host = spawn(process.execPath, [HOST, 'start'], {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#host = host;
    let output = '';
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not ready in time:\n${output}`)), READY_MS);
      host.once('exit', () => reject(new Error(`it ended before it was ready:\n${output}`)));
      host.stdout.on('data', (piece: Buffer) => {
        output += piece.toString();
        if (!output.includes('Ready')) return;
        clearTimeout(late);
        resolve();
      });
    });
  }

  async #unlock(): Promise<void> {
    await this.#aico(['unlock', '--password-stdin'], PASSWORD);
    await this.#alive();
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const host = this.#host;
    if (host === undefined || host.exitCode !== null || host.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => host.once('exit', () => resolve()));
    host.kill(signal);
    await gone;
  }

  async #alive(): Promise<void> {
    const end = performance.now() + ALIVE_MS;
    for (;;) {
      const plugins = await this.#plugins();
      const waited = ['teller', 'hearer', 'journal'].filter(
        (id) => plugins.find((plugin) => plugin.id === id)?.state !== 'active',
      );
      if (waited.length === 0) return;
      if (performance.now() > end) throw new Error(`not active in time: ${waited.join(', ')}`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  async #plugins(): Promise<readonly PluginInfo[]> {
    const { plugins } = JSON.parse(await this.#aico(['plugin', 'list', '--json'])) as { plugins: PluginInfo[] };
    return plugins;
  }

  /** Whole lines that a plugin wrote down; what it wrote outlives it. */
  #lines(id: string): string[] {
    const file = join(this.#home, 'data', id, 'witness.log');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  }

  #aico(args: readonly string[], input = ''): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { env: this.#environment, maxBuffer: 64 * 1024 * 1024 };
      const child = execFile(process.execPath, [HOST, ...args], options, (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(error);
      });
      child.stdin?.end(input);
    });
  }

  get #environment(): Record<string, string> {
    const { PATH = '', TMPDIR } = process.env;
    const base = { PATH, AICO_HOME: this.#home, AICO_OPEN: 'false', AICO_PLUGINS_GATEWAY_PORT: '0' };
    return TMPDIR === undefined ? base : { ...base, TMPDIR };
  }
}
