/** So long a question is on show before it is answered: a click or a key before that was meant for something else. */
const NOTICED_AFTER_MS = 500;

/** The answer to one question: given once it can have been seen, one at a time, and again when it failed. */
export class Answer {
  readonly #decide: (allow: boolean) => Promise<boolean>;
  #possible = $state(false);
  #failed = $state(false);

  /** @param decide whether that was done */
  constructor(decide: (allow: boolean) => Promise<boolean>) {
    this.#decide = decide;
  }

  get possible(): boolean {
    return this.#possible;
  }
  /** Whether the last one was given in vain. */
  get failed(): boolean {
    return this.#failed;
  }

  /** The question is on show; returns its undo. */
  open(): () => void {
    const timer = setTimeout(() => {
      this.#possible = true;
    }, NOTICED_AFTER_MS);
    return () => clearTimeout(timer);
  }

  async give(allow: boolean): Promise<void> {
    if (!this.#possible) return;
    this.#possible = false;
    this.#failed = false;
    this.#failed = !(await this.#decide(allow));
    this.#possible = this.#failed;
  }
}
