import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Order, Word } from './roles.ts';

/** A process of a measurement, spoken to over its IPC channel. */
export class Actor {
  readonly #child: ChildProcess;
  readonly #words: Word[] = [];
  #wake: (() => void) | undefined;

  constructor(file: './broker-process.ts' | './peer-process.ts') {
    this.#child = fork(fileURLToPath(new URL(file, import.meta.url)), { execArgv: process.execArgv });
    this.#child.on('message', (word: Word) => {
      this.#words.push(word);
      this.#wake?.();
    });
    this.#child.once('exit', (code) => {
      if (code !== 0) throw new Error(`a process of the measurement ended with code ${code}`);
    });
  }

  get processId(): number {
    return this.#child.pid ?? 0;
  }

  tell(order: Order): void {
    this.#child.send(order);
  }

  async hear<T extends Word['type']>(type: T): Promise<Word & { type: T }> {
    for (;;) {
      const at = this.#words.findIndex((word) => word.type === type);
      if (at >= 0) return this.#words.splice(at, 1)[0] as Word & { type: T };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async end(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.disconnect();
    await gone;
  }
}
