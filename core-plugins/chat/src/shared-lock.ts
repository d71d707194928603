/** Many may share it; one who has it alone waits for those, and holds up those who come later. */
export class SharedLock {
  readonly #sharing = new Set<Promise<unknown>>();
  #alone: Promise<unknown> = Promise.resolve();

  shared<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#alone.then(work);
    const over: Promise<unknown> = result.catch(() => undefined).finally(() => this.#sharing.delete(over));
    this.#sharing.add(over);
    return result;
  }

  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = Promise.all([this.#alone, ...this.#sharing]).then(work);
    this.#alone = result.catch(() => undefined);
    return result;
  }
}
