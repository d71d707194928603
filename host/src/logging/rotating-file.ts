import { appendFileSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { problemOf } from '../problem.ts';
import { begunAt } from './log-age.ts';

const PRIVATE_FILE = 0o600;
/** What waits for a slow or full disk before lines are dropped; characters. */
const MAX_WAITING = 1024 * 1024;
const RETRY_MS = 1000;

/** A log file of limited size and number. */
export interface RotatingFileOptions {
  /** Ends in `.log`; full ones become `….1.log`, the newest, to `….N.log`. */
  readonly path: string;
  readonly maxBytes: number;
  readonly keep: number;
  /** ms for which lines are kept: each file is full after its part of them; for ever when not given. */
  readonly maxAgeMs?: number;
}

/**
 * Appends lines to a file and starts a new one when it is full. It never throws and never holds its caller up: when the
 * disk refuses, lines wait, then are dropped and counted, and the count is the first thing written once it works again.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #file: FileHandle | undefined;
  #size = 0;
  /** When its first line was written, ms since 1970. */
  #begun = 0;
  #waiting: string[] = [];
  #waitingLength = 0;
  #inFlight: readonly string[] = [];
  #lost = 0;
  #problem = '';
  #writing: Promise<void> | undefined;
  readonly #closing = new AbortController();

  constructor(options: RotatingFileOptions) {
    this.#options = options;
  }

  /** Takes a line that ends in a line break. */
  write(line: string): void {
    if (this.#closing.signal.aborted || this.#waitingLength + line.length > MAX_WAITING) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingLength += line.length;
    this.#writing ??= this.#drain();
  }

  /** Resolves when everything taken so far was written, or was refused. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  /** Removes what was begun before a time, ms since 1970, of this log alone. */
  async expire(before: number): Promise<void> {
    await this.flush();
    if (this.#closing.signal.aborted) return;
    this.#writing = this.#dropOld(before).finally(() => {
      this.#writing = this.#waiting.length > 0 ? this.#drain() : undefined;
    });
    await this.#writing;
  }

  /** Writes what waits and closes; without waiting for a disk that refuses. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.flush();
    await this.#release();
  }

  /** For a process that is about to end. A line whose write was under way may appear twice rather than not at all. */
  flushSync(): void {
    const lines = [...this.#inFlight, ...this.#takeWaiting()];
    if (lines.length === 0) return;
    try {
      appendFileSync(this.#options.path, lines.join(''), { mode: PRIVATE_FILE });
    } catch {
      // Nothing is left to tell it to.
    }
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#takeWaiting();
      const lost = this.#lost;
      this.#inFlight = lines;
      try {
        await this.#append(this.#lossNote() + lines.join(''));
        this.#lost -= lost;
      } catch (error) {
        this.#lost += lines.length;
        this.#problem = problemOf(error);
        await this.#release();
        // A refusing disk is asked once in a while, not at every line.
        await sleep(RETRY_MS, undefined, { ref: false, signal: this.#closing.signal }).catch(() => undefined);
      }
    }
    this.#inFlight = [];
    this.#writing = undefined;
  }

  async #append(text: string): Promise<void> {
    const { path, maxBytes } = this.#options;
    if (this.#file === undefined) {
      this.#file = await open(path, 'a', PRIVATE_FILE);
      this.#size = (await this.#file.stat()).size;
      this.#begun = (this.#size > 0 ? await begunAt(path) : undefined) ?? Date.now();
    }
    if (this.#size >= maxBytes || this.#isOld()) await this.#rotate();
    await this.#file.appendFile(text);
    this.#size += Buffer.byteLength(text);
  }

  async #rotate(): Promise<void> {
    const { path, keep } = this.#options;
    await this.#release();
    if (keep === 0) await rm(path, { force: true });
    for (let number = keep; number > 0; number--) {
      const from = number === 1 ? path : numbered(path, number - 1);
      await rename(from, numbered(path, number)).catch(ignoreMissing);
    }
    this.#file = await open(path, 'a', PRIVATE_FILE);
    this.#size = 0;
    this.#begun = Date.now();
  }

  /** All files together hold as many days as lines are kept: each is full after its part of them. */
  #isOld(): boolean {
    const { maxAgeMs = Number.POSITIVE_INFINITY, keep } = this.#options;
    return this.#size > 0 && Date.now() - this.#begun > maxAgeMs / (keep + 1);
  }

  async #dropOld(before: number): Promise<void> {
    const { path, keep } = this.#options;
    const paths = [path, ...Array.from({ length: keep }, (_, at) => numbered(path, at + 1))];
    for (const each of paths) {
      const begun = await begunAt(each);
      if (begun === undefined || begun >= before) continue;
      if (each === path) await this.#release();
      await rm(each, { force: true }).catch(() => undefined);
    }
  }

  async #release(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }

  #takeWaiting(): string[] {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingLength = 0;
    return lines;
  }

  #lossNote(): string {
    if (this.#lost === 0) return '';
    const msg = `Lines that could not be written: ${this.#lost} (${this.#problem || 'too many at once'})`;
    return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), msg })}\n`;
  }
}

/** The name of the n-th full file. */
export function numbered(path: string, number: number): string {
  return path.replace(/\.log$/, `.${number}.log`);
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
