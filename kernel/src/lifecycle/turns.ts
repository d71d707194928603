/** One transition in flight for each plugin: what is asked meanwhile comes after it. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #aborts = new Map<string, AbortController>();
  #begun = 0;

  /** Runs when everything that was asked for this plugin before has ended. @param run given what aborts when it is in the way */
  take<Result>(id: string, run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const before = this.#last.get(id) ?? Promise.resolve();
    const turn = before.then(() => this.#run(id, run));
    this.#begun += 1;
    const ended = turn
      .catch(() => {})
      .then(() => {
        if (this.#last.get(id) === ended) this.#last.delete(id);
      });
    this.#last.set(id, ended);
    return turn;
  }

  /** Asks the transition that is in flight to give up. */
  abort(id: string): void {
    this.#aborts.get(id)?.abort();
  }

  abortAll(): void {
    for (const abort of this.#aborts.values()) abort.abort();
  }

  /** Resolves when none is left, however many follow from others. */
  async settled(): Promise<void> {
    for (let seen = -1; seen !== this.#begun; ) {
      seen = this.#begun;
      await Promise.all(this.#last.values());
    }
  }

  async #run<Result>(id: string, run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    try {
      return await run(abort.signal);
    } finally {
      this.#aborts.delete(id);
    }
  }
}
