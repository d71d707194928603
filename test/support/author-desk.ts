import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished } from 'vitest';
import { environmentOf, HOST, Product, runAico } from './product.ts';

/** An author's desk: an empty folder outside the checkout, a config folder of its own, and the product that runs. */
export class Desk {
  readonly folder: string;
  readonly product: Product;
  readonly #environment: Record<string, string>;

  private constructor(folder: string, product: Product) {
    this.folder = folder;
    this.product = product;
    this.#environment = environmentOf(product.home, { XDG_CONFIG_HOME: join(folder, 'config'), HOME: folder });
  }

  static async open(): Promise<Desk> {
    const folder = await mkdtemp(join(tmpdir(), 'aico-author-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    return new Desk(folder, await Product.start());
  }

  aico(...args: string[]): ReturnType<typeof runAico> {
    return runAico(args, this.#environment, { cwd: this.folder });
  }

  async json(...args: string[]): Promise<Record<string, unknown>> {
    const { stdout, stderr } = await this.aico(...args, '--json');
    if (stdout === '') throw new Error(`aico ${args.join(' ')} answered nothing: ${stderr}`);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** A plugin that is made, packed and signed. */
  async shipped(): Promise<{ plugin: string; file: string; keyId: string }> {
    const plugin = join(this.folder, 'hi-there');
    await this.json('plugin', 'create', plugin);
    const { path } = await this.json('plugin', 'pack', plugin);
    const { keyId } = await this.json('plugin', 'sign', String(path));
    return { plugin, file: String(path), keyId: String(keyId) };
  }

  dev(plugin: string, ...more: string[]): Development {
    const args = [HOST, 'plugin', 'dev', plugin, '--yes', '--json', ...more];
    return new Development(spawn(process.execPath, args, { env: this.#environment, cwd: this.folder }));
  }
}

/** `aico plugin dev --json`, event by event. */
export class Development {
  readonly #child: ChildProcess;
  readonly #events: Record<string, unknown>[] = [];
  #err = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.on('data', (text: Buffer) => {
      this.#err += text.toString();
    });
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => this.#events.push(JSON.parse(line) as Record<string, unknown>));
    onTestFinished(() => void child.kill('SIGKILL'));
  }

  get runs(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The first event of a kind that was not asked for yet. */
  async next(kind: string): Promise<Record<string, unknown>> {
    const at = () => this.#events.findIndex(({ event }) => event === kind);
    const seen = () => (this.runs || at() >= 0 ? at() : expect.fail(`it ended: ${this.#err}`));
    await expect.poll(seen, { timeout: 30_000, interval: 20, message: JSON.stringify(this.#events) }).not.toBe(-1);
    return this.#events.splice(at(), 1)[0] ?? {};
  }

  /** Ctrl-C. */
  async end(): Promise<void> {
    const ended = new Promise<number | null>((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGINT');
    expect([await ended, this.#err.includes('Error')]).toEqual([0, false]);
  }
}
