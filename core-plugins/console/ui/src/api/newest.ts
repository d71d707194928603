/**
 * Tells old answers from new ones. What changes is told by itself, and may arrive before the answer to an earlier question:
 * taken then, the answer would bring back what is no longer so, and nobody would tell again.
 */
export class Newest {
  #told = 0;

  /** Something was told by itself. */
  told(): void {
    this.#told += 1;
  }

  /** The answer; undefined when something was told while it was on its way, which is as new as it or newer. */
  async answer<T>(question: () => Promise<T>): Promise<T | undefined> {
    const before = this.#told;
    const answer = await question();
    return before === this.#told ? answer : undefined;
  }
}
