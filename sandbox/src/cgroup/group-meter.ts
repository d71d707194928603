import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Meter, Usage } from '../watch/meter.ts';
import { readOpenFile } from '../watch/read-open-file.ts';
import { valueIn } from './group-files.ts';

const MB = 1024 * 1024;

/** Reads what a control group uses; its files stay open, and tell nothing any more once it is gone. */
export class GroupMeter implements Meter {
  readonly #folder: string;
  readonly #memory: number;
  readonly #processor: number;
  #closed = false;

  /** @throws Error when the group is gone */
  constructor(folder: string) {
    this.#folder = folder;
    this.#memory = openSync(join(folder, 'memory.current'), 'r');
    try {
      this.#processor = openSync(join(folder, 'cpu.stat'), 'r');
    } catch (error) {
      closeSync(this.#memory);
      throw error;
    }
  }

  /** All memory that is charged to the group, also files that were read lately. */
  read(): Usage | undefined {
    if (this.#closed) return undefined;
    try {
      const microseconds = valueIn(readOpenFile(this.#processor), 'usage_usec');
      if (microseconds === undefined) return undefined;
      return { residentMb: Number(readOpenFile(this.#memory)) / MB, cpuMs: microseconds / 1000 };
    } catch {
      return undefined;
    }
  }

  /** Without what the kernel would give up at once, were memory short. */
  async readFairMemory(): Promise<number | undefined> {
    try {
      const spare = valueIn(await readFile(join(this.#folder, 'memory.stat'), 'latin1'), 'inactive_file') ?? 0;
      if (this.#closed) return undefined;
      return Math.max(0, Number(readOpenFile(this.#memory)) - spare) / MB;
    } catch {
      return undefined;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#memory);
    closeSync(this.#processor);
  }
}
