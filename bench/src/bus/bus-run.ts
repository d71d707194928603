import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Order, Role, Word } from './roles.ts';

/** A process of a measurement, spoken to over its IPC channel. */
export class Actor {
  readonly #child: ChildProcess;
  readonly #words: Word[] = [];
  #wake: (() => void) | undefined;

  constructor(file: string) {
    this.#child = fork(fileURLToPath(new URL(file, import.meta.url)), { execArgv: process.execArgv });
    this.#child.on('message', (word: Word) => {
      this.#words.push(word);
      this.#wake?.();
    });
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

/** A broker and its peers, each a process of its own. */
export class BusRun {
  readonly #broker = new Actor('./broker-process.ts');
  readonly #peers: Actor[] = [];

  /** Starts a peer; its id is the role and a number. */
  async peer(role: Role, grants: readonly string[]): Promise<Actor> {
    if (this.#peers.length === 0) await this.#broker.hear('ready');
    const actor = new Actor('./peer-process.ts');
    this.#peers.push(actor);
    await actor.hear('ready');
    const id = `bench-${role}-${this.#peers.length}`;
    this.#broker.tell({ type: 'attach', id, grants });
    const { credentials } = await this.#broker.hear('attached');
    actor.tell({ type: 'connect', credentials, role });
    await actor.hear('ready');
    return actor;
  }

  async end(): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.end()));
    await this.#broker.end();
  }
}
