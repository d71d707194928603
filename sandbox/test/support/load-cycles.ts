import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { PluginContext } from '@aico/sdk';
import { openKernel } from '../escape/support/open-kernel.ts';
import { PackageShelf } from '../escape/support/package-shelf.ts';
import { attachPeer } from '../escape/support/peer.ts';

const ID = 'guest';
const COMMAND = `plugin.${ID}.command.run.v1`;
const TOLD = 'vault.state.changed.v1';
/** Registers, is asked and leaves open what a plugin can leave open when it goes. */
const CODE = `
  export default {
    async activate(ctx) {
      await ctx.bus.subscribe('${TOLD}', () => {});
      await ctx.bus.serve('${COMMAND}', () => ({ text: 'here' }));
      ctx.setTimer(3_600_000, () => {});
      setTimeout(() => {}, 3_600_000);
    },
  };`;
const PERMISSIONS = [
  { verb: 'serve', topic: COMMAND },
  { verb: 'subscribe', topic: TOLD },
] as const;
const ROUNDS_UNTIL_QUIET = 200;

/** What this process, with the kernel in it, holds. */
export interface Holdings {
  /** Live bytes of the heap and of buffers, after a collection. */
  readonly liveBytes: number;
  /** Entries of /proc/self/fd, and how many of them are sockets. */
  readonly files: number;
  readonly sockets: number;
  readonly threads: number;
  /** Processes below this one. */
  readonly processes: number;
  /** What keeps Node's loop alive: timers, pipes, children. */
  readonly handles: number;
  /** Files and folders in the runtime folder, temporary folders included. */
  readonly entries: number;
}

/** A real kernel, with real sockets and processes, that loads and unloads one isolated plugin again and again. */
export class LoadCycles implements AsyncDisposable {
  readonly #folder: string;
  readonly #kernel: ReturnType<typeof openKernel>;
  readonly #customer: PluginContext;

  private constructor(folder: string, kernel: ReturnType<typeof openKernel>, customer: PluginContext) {
    this.#folder = folder;
    this.#kernel = kernel;
    this.#customer = customer;
  }

  static async open(): Promise<LoadCycles> {
    const folder = await mkdtemp(join(tmpdir(), 'aico-'));
    const shelf = new PackageShelf();
    shelf.put({ id: ID, code: CODE, permissions: PERMISSIONS });
    const kernel = openKernel(folder, shelf);
    await kernel.start();
    const requests = ['kernel.plugin.enable.v1', 'kernel.plugin.disable.v1', COMMAND];
    const customer = await attachPeer(kernel, 'cli', [
      ...requests.map((topic) => ({ verb: 'request' as const, topic })),
      { verb: 'publish', topic: TOLD },
    ]);
    await customer.bus.request('kernel.plugin.disable.v1', { id: ID });
    return new LoadCycles(folder, kernel, customer);
  }

  /** Loads, asks and unloads. @param onEach told after each, counted from 1 */
  async run(times: number, onEach: (cycle: number) => void = () => {}): Promise<void> {
    const { bus } = this.#customer;
    for (let cycle = 1; cycle <= times; cycle += 1) {
      await bus.request('kernel.plugin.enable.v1', { id: ID });
      await bus.publish(TOLD, { state: 'unlocked' } as never);
      await bus.request(COMMAND, {
        name: ID,
        arguments: '',
        conversation: '00000000-0000-4000-8000-000000000000',
        time: new Date().toISOString(),
      });
      await bus.request('kernel.plugin.disable.v1', { id: ID });
      onEach(cycle);
    }
  }

  /** What is held once everything has come to rest: what ends late, such as a socket's last thread, is waited for. */
  async weigh(): Promise<Holdings> {
    let last = await this.#count();
    for (let round = 0; round < ROUNDS_UNTIL_QUIET; round += 1) {
      await delay(25);
      const now = await this.#count();
      if (JSON.stringify({ ...now, liveBytes: 0 }) === JSON.stringify({ ...last, liveBytes: 0 })) break;
      last = now;
    }
    return this.#count();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kernel.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #count(): Promise<Holdings> {
    const liveBytes = await collectedBytes();
    const links = readdirSync('/proc/self/fd').flatMap(linkOf);
    return {
      liveBytes,
      files: links.length,
      sockets: links.filter((link) => link.startsWith('socket:')).length,
      threads: readdirSync('/proc/self/task').length,
      processes: below(process.pid).length,
      handles: process.getActiveResourcesInfo().length,
      entries: readdirSync(this.#folder, { recursive: true }).length,
    };
  }
}

function linkOf(name: string): string[] {
  try {
    return [readlinkSync(`/proc/self/fd/${name}`)];
  } catch {
    // The descriptor that listed the others is closed by now.
    return [];
  }
}

function below(processId: number): number[] {
  const tasks = readdirSync(`/proc/${processId}/task`);
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/${processId}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  );
  return children.flatMap((child) => [child, ...below(child)]);
}

async function collectedBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What the first collection found is let go of a turn later.
  collect();
  await setImmediate();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
