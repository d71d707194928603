import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Remembers, per build step, the fingerprint of the inputs that its present outputs were made from. */
export class Stamps {
  readonly #file: string;
  readonly #stamps: Map<string, string>;

  constructor(file: string) {
    this.#file = file;
    this.#stamps = new Map(Object.entries(readStamps(file)));
  }

  holds(step: string, fingerprint: string): boolean {
    return this.#stamps.get(step) === fingerprint;
  }

  /** Records a finished step at once, so that a build that fails later keeps what it did. */
  record(step: string, fingerprint: string): void {
    this.#stamps.set(step, fingerprint);
    mkdirSync(dirname(this.#file), { recursive: true });
    const scratch = `${this.#file}.${process.pid}`;
    writeFileSync(scratch, `${JSON.stringify(Object.fromEntries(this.#stamps), undefined, 2)}\n`);
    renameSync(scratch, this.#file);
  }
}

function readStamps(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch {
    // No stamps, or ones cut short: everything is built again, which is always right.
    return {};
  }
}
