import { closeSync, openSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Meter, Usage } from './meter.ts';
import { readOpenFile } from './read-open-file.ts';

/** USER_HZ: the unit of /proc/<pid>/stat, 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10;
/** Fields of /proc/<pid>/stat (proc_pid_stat(5)), counted from the one after the name. */
const UTIME_FIELD = 11;
const RESIDENT_FIELD = 21;
/** AT_PAGESZ of the auxiliary vector (getauxval(3)). */
const PAGE_SIZE_TYPE = 6n;
let pageBytes: number | undefined;

/** Reads /proc; the file stays open, so that a pid that was given away again can never be mistaken for ours. */
export class LinuxMeter implements Meter {
  readonly #processId: number;
  readonly #stat: number;
  #closed = false;

  /** @throws Error when the process is gone */
  constructor(processId: number) {
    pageBytes ??= readPageBytes();
    this.#processId = processId;
    this.#stat = openSync(`/proc/${processId}/stat`, 'r');
  }

  read(): Usage | undefined {
    if (this.#closed) return undefined;
    try {
      const stat = readOpenFile(this.#stat);
      // Fields are counted after the name, which may hold anything.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const ticks = Number(fields[UTIME_FIELD]) + Number(fields[UTIME_FIELD + 1]);
      const residentBytes = Number(fields[RESIDENT_FIELD]) * (pageBytes ?? 0);
      // A process that has ended and was not waited for holds nothing.
      return residentBytes === 0 ? undefined : { residentMb: residentBytes / 1024 / 1024, cpuMs: ticks * MS_PER_TICK };
    } catch {
      return undefined;
    }
  }

  async readFairMemory(): Promise<number | undefined> {
    try {
      const match = /^Pss:\s+(\d+) kB/m.exec(await readFile(`/proc/${this.#processId}/smaps_rollup`, 'utf8'));
      return match === null ? undefined : Number(match[1]) / 1024;
    } catch {
      return undefined;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#stat);
  }
}

/** The innermost process of a chain that begins with a wrapper such as bubblewrap. */
export function innermostProcess(processId: number): number {
  const children = readFileSync(`/proc/${processId}/task/${processId}/children`, 'utf8').trim();
  return children === '' ? processId : innermostProcess(Number(children.split(' ')[0]));
}

/** @throws Error when this process is not told, for a guess would measure wrongly */
function readPageBytes(): number {
  const vector = readFileSync('/proc/self/auxv');
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    if (vector.readBigUInt64LE(at) === PAGE_SIZE_TYPE) return Number(vector.readBigUInt64LE(at + 8));
  }
  throw new Error('the size of a page of memory is not told');
}
