import { execFile } from 'node:child_process';
import type { Meter, Usage } from './meter.ts';

/** Asks `ps`, for systems without /proc: each read answers with what the last asking found. */
export class PsMeter implements Meter {
  readonly #processId: number;
  #latest: Usage | undefined;
  #asking = false;

  constructor(processId: number) {
    this.#processId = processId;
    this.#ask();
  }

  read(): Usage | undefined {
    this.#ask();
    return this.#latest;
  }

  readFairMemory(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  close(): void {
    this.#latest = undefined;
    this.#asking = true;
  }

  #ask(): void {
    if (this.#asking) return;
    this.#asking = true;
    execFile('/bin/ps', ['-o', 'rss=,time=', '-p', String(this.#processId)], (error, output) => {
      this.#asking = false;
      if (error === null) this.#latest = parsePs(output);
    });
  }
}

/** Reads `rss time`: KiB, and [[dd-]hh:]mm:ss[.cc]. */
export function parsePs(output: string): Usage | undefined {
  const match = /^\s*(\d+)\s+(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:[.,]\d+)?)/.exec(output);
  if (match === null) return undefined;
  const [, resident, days = '0', hours = '0', minutes, seconds = '0'] = match;
  const whole = (Number(days) * 24 + Number(hours)) * 60 + Number(minutes);
  return { residentMb: Number(resident) / 1024, cpuMs: (whole * 60 + Number(seconds.replace(',', '.'))) * 1000 };
}
