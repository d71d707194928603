/** Work that mostly ends at once; when it does not, what comes after it on the same lane waits. */
export class Lanes {
  readonly #waiting = new Map<string, (() => Promise<void> | undefined)[]>();

  isBusy(lane: string): boolean {
    return this.#waiting.has(lane);
  }

  /** Runs work now, or after what is before it on the lane. It may not throw. */
  run(lane: string, work: () => Promise<void> | undefined): void {
    const waiting = this.#waiting.get(lane);
    if (waiting !== undefined) {
      waiting.push(work);
      return;
    }
    const ending = work();
    if (ending === undefined) return;
    this.#waiting.set(lane, []);
    void this.#drain(lane, ending);
  }

  async #drain(lane: string, ending: Promise<void>): Promise<void> {
    await ending;
    const waiting = this.#waiting.get(lane) ?? [];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
    this.#waiting.delete(lane);
  }
}
