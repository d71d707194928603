import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Meter, Usage } from './meter.ts';

/** USER_HZ: the unit of /proc/<pid>/stat, 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10;
const UTIME_FIELD = 11;
const buffer = Buffer.alloc(4096);

/** Reads /proc; files stay open, so that a pid that was given away again can never be mistaken for ours. */
export class LinuxMeter implements Meter {
  readonly #processId: number;
  readonly #status: number;
  readonly #stat: number;
  #closed = false;

  /** @throws Error when the process is gone */
  constructor(processId: number) {
    this.#processId = processId;
    this.#status = openSync(`/proc/${processId}/status`, 'r');
    this.#stat = openSync(`/proc/${processId}/stat`, 'r');
  }

  read(): Usage | undefined {
    if (this.#closed) return undefined;
    try {
      const resident = /VmRSS:\s+(\d+) kB/.exec(contentOf(this.#status));
      const stat = contentOf(this.#stat);
      // Fields are counted after the name, which may hold anything.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const ticks = Number(fields[UTIME_FIELD]) + Number(fields[UTIME_FIELD + 1]);
      return resident === null ? undefined : { residentMb: Number(resident[1]) / 1024, cpuMs: ticks * MS_PER_TICK };
    } catch {
      return undefined;
    }
  }

  readFairMemory(): number | undefined {
    try {
      const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.#processId}/smaps_rollup`, 'utf8'));
      return match === null ? undefined : Number(match[1]) / 1024;
    } catch {
      return undefined;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#status);
    closeSync(this.#stat);
  }
}

/** The innermost process of a chain that begins with a wrapper such as bubblewrap. */
export function innermostProcess(processId: number): number {
  const children = readFileSync(`/proc/${processId}/task/${processId}/children`, 'utf8').trim();
  return children === '' ? processId : innermostProcess(Number(children.split(' ')[0]));
}

function contentOf(file: number): string {
  return buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0));
}
