import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, type TestContext } from 'vitest';
import type { PluginSketch } from './house.ts';

const CONTROLLERS = '+memory +pids +cpu';
const PATIENCE = { timeout: 60_000, interval: 20 };

interface Told {
  readonly event: string;
  readonly id: string;
  readonly [fact: string]: unknown;
}

/** A control group of its own for hosts of a test; skips the test, with the reason, where none can be made. */
export class DelegatedGroup {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(context: Pick<TestContext, 'skip'>): Promise<DelegatedGroup> {
    const root = await mountPoint();
    if (root === undefined) return context.skip('there is no cgroup v2 here');
    const controllers = await readFile(join(root, 'cgroup.controllers'), 'utf8');
    if (!/\bmemory\b/.test(controllers)) return context.skip('memory is not limited by cgroup v2 here');
    const folder = join(root, `aico-test-${process.pid}`);
    try {
      await writeFile(join(root, 'cgroup.subtree_control'), CONTROLLERS);
      await mkdir(folder);
    } catch (error) {
      return context.skip(`no cgroup can be made here: ${String(error)}`);
    }
    onTestFinished(async () => {
      await writeFile(join(folder, 'cgroup.kill'), '1');
      await expect.poll(() => readFile(join(folder, 'cgroup.events'), 'utf8'), PATIENCE).toContain('populated 0');
      for (const name of await new DelegatedGroup(folder).groups()) await rmdir(join(folder, name));
      await rmdir(folder);
    });
    return new DelegatedGroup(folder);
  }

  /** Names of the groups within it. */
  async groups(): Promise<string[]> {
    const entries = await readdir(this.folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }

  async read(...path: string[]): Promise<string> {
    return (await readFile(join(this.folder, ...path), 'utf8')).trim();
  }

  /** Starts a host that begins its life in the group, or in one within it. */
  host(within = '.'): GroupedHost {
    const script = join(import.meta.dirname, 'grouped-host.ts');
    const enter = ['-c', 'echo 0 > "$0" && exec "$@"', join(this.folder, within, 'cgroup.procs')];
    const command = [process.execPath, '--conditions=source', script];
    return new GroupedHost(spawn('/bin/sh', [...enter, ...command], { stdio: ['pipe', 'pipe', 'inherit'] }));
  }
}

/** A host in a process of its own, and all that it has told. */
export class GroupedHost {
  readonly process: ChildProcess;
  readonly #told: Told[] = [];

  constructor(host: ChildProcess) {
    this.process = host;
    createInterface({ input: host.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.#told.push(JSON.parse(line) as Told);
    });
    onTestFinished(() => void host.kill('SIGKILL'));
  }

  /** Starts a plugin, and answers what is told of it once it is up. */
  async start(sketch: PluginSketch): Promise<Told> {
    this.process.stdin?.write(`${JSON.stringify(sketch)}\n`);
    return this.told('up', sketch.id);
  }

  async told(event: string, id = ''): Promise<Told> {
    const find = (): Told | undefined => this.#told.find((each) => each.event === event && each.id === id);
    await expect.poll(find, { ...PATIENCE, message: `${event} of ${id}` }).toBeDefined();
    return find() as Told;
  }

  close(): Promise<Told> {
    this.process.stdin?.end();
    return this.told('closed');
  }
}

async function mountPoint(): Promise<string | undefined> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const line = mounts.split('\n').find((each) => each.includes(' - cgroup2 '));
  return line?.split(' ')[4];
}
