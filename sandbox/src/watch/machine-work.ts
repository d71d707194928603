import { openSync, readSync } from 'node:fs';

/** USER_HZ: the unit of /proc/stat. */
const MS_PER_TICK = 10;
const buffer = Buffer.alloc(512);

/** How much CPU time all processes of this machine have used together, which bounds what any one of them has. */
export class MachineWork {
  readonly #file: number | undefined;
  #last: number | undefined;

  constructor(path = '/proc/stat') {
    this.#file = process.platform === 'linux' ? open(path) : undefined;
  }

  /** CPU time since the call before, ms; undefined when it is not known. */
  sinceLast(): number | undefined {
    const before = this.#last;
    this.#last = this.#read();
    // A system that counts nothing here tells nothing.
    return this.#last === undefined || this.#last === 0 || before === undefined ? undefined : this.#last - before;
  }

  /** Time in user, nice, system, irq, softirq and steal: all but idle and waiting for disks. */
  #read(): number | undefined {
    if (this.#file === undefined) return undefined;
    try {
      const text = buffer.toString('latin1', 0, readSync(this.#file, buffer, 0, buffer.length, 0));
      const [, user, nice, system, , , ...others] = text.slice(0, text.indexOf('\n')).split(/ +/).map(Number);
      const irqs = others.slice(0, 3).reduce((sum, each) => sum + each, 0);
      const ticks = (user ?? 0) + (nice ?? 0) + (system ?? 0) + irqs;
      return Number.isFinite(ticks) ? ticks * MS_PER_TICK : undefined;
    } catch {
      return undefined;
    }
  }
}

function open(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
