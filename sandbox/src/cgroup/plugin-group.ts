import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StopAndGo } from '../watch/cpu-brake.ts';
import { type GroupPowers, processesIn, removeGroup, valueIn, write } from './group-files.ts';
import { GroupMeter } from './group-meter.ts';

/** Processes and threads: a wrapper, and Node with its threads and an isolate's. */
const MOST_TASKS = 256;
/** When the processor is short, plugins come after the host, which has 100. */
const PROCESSOR_WEIGHT = 50;
/** Joins the group, then becomes the plugin's own command: nothing of it ever runs outside. */
const ENTER = 'echo 0 > "$0" 2>/dev/null; exec "$@"';

/** The control group of one plugin's process and of all that this may start. */
export class PluginGroup {
  readonly #folder: string;
  readonly #remove: GroupPowers['remove'];
  #ended: Promise<{ readonly outOfMemory: boolean }> | undefined;

  constructor(folder: string, remove: GroupPowers['remove']) {
    this.#folder = folder;
    this.#remove = remove;
  }

  async limit(controllers: readonly string[], memoryMb: number): Promise<void> {
    await write(this.#folder, 'memory.max', String(memoryMb * 1024 * 1024));
    // Not every kernel counts swap.
    await write(this.#folder, 'memory.swap.max', '0').catch(() => {});
    await write(this.#folder, 'memory.oom.group', '1').catch(() => {});
    if (controllers.includes('pids')) await write(this.#folder, 'pids.max', String(MOST_TASKS));
    if (controllers.includes('cpu')) await write(this.#folder, 'cpu.weight', String(PROCESSOR_WEIGHT));
  }

  /** The command that runs another one within the group. */
  wrap(command: string, parameters: readonly string[]): { command: string; parameters: readonly string[] } {
    return {
      command: '/bin/sh',
      parameters: ['-c', ENTER, join(this.#folder, 'cgroup.procs'), command, ...parameters],
    };
  }

  /** Whether the process is really within. */
  async isInhabited(): Promise<boolean> {
    return (await processesIn(this.#folder).catch(() => [])).length > 0;
  }

  meter(): GroupMeter {
    return new GroupMeter(this.#folder);
  }

  /** Holds and lets go everything in the group at once; who has ended is not mistaken for another. */
  readonly stopAndGo: StopAndGo = (still) => {
    try {
      writeFileSync(join(this.#folder, 'cgroup.freeze'), still ? '1' : '0');
    } catch {
      // It ended meanwhile.
    }
  };

  /** Ends whatever is left in it and removes it. Says whether the kernel had ended something for its memory. */
  end(): Promise<{ readonly outOfMemory: boolean }> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<{ readonly outOfMemory: boolean }> {
    const outOfMemory = this.#wasOutOfMemory();
    await write(this.#folder, 'cgroup.kill', '1').catch(() => {});
    await removeGroup(this.#folder, this.#remove);
    return { outOfMemory };
  }

  #wasOutOfMemory(): boolean {
    try {
      return (valueIn(readFileSync(join(this.#folder, 'memory.events'), 'utf8'), 'oom_kill') ?? 0) > 0;
    } catch {
      return false;
    }
  }
}
