/** Aborts its signal when it was not paused for a while. Dispose it when the exchange is over. */
export class Silence implements Disposable {
  readonly #controller = new AbortController();
  readonly #limitMs: number;
  #timer: NodeJS.Timeout;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.#timer = this.#begin();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something was heard, and whoever reads takes their time: that is not the server's silence. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** The wait begins anew. */
  resume(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#begin();
  }

  [Symbol.dispose](): void {
    this.pause();
  }

  #begin(): NodeJS.Timeout {
    return setTimeout(() => this.#controller.abort(), this.#limitMs);
  }
}
