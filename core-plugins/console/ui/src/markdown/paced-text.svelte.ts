const LEAST_MS = 40;
const LONGEST_MS = 400;

/**
 * A text that grows quickly, shown in steps: never more often than it can be rendered without holding up typing.
 * The last state always arrives.
 */
export class PacedText {
  #shown = $state('');
  #wanted = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastShown = 0;
  #gap = LEAST_MS;

  constructor(text: string) {
    this.#shown = text;
    this.#wanted = text;
  }

  get shown(): string {
    return this.#shown;
  }

  /** Wants `text` shown; at once when it is final. */
  want(text: string, final: boolean): void {
    this.#wanted = text;
    const since = performance.now() - this.#lastShown;
    if (final || since >= this.#gap) this.#show();
    else this.#timer ??= setTimeout(() => this.#show(), this.#gap - since);
  }

  /** How long showing took; the next step leaves four times as long for everything else. */
  took(milliseconds: number): void {
    this.#gap = Math.min(Math.max(LEAST_MS, milliseconds * 4), LONGEST_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #show(): void {
    this.stop();
    this.#lastShown = performance.now();
    this.#shown = this.#wanted;
  }
}
