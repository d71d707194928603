import { AicoError } from '@aico/sdk';

/** Aborts its signal when time is up. Dispose it when nothing waits any more. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  readonly #failure: () => AicoError;
  #timer: NodeJS.Timeout | undefined;

  constructor(plugin: string, host: string, milliseconds: number) {
    this.#milliseconds = milliseconds;
    const details = { host, seconds: Math.ceil(milliseconds / 1000) };
    this.#failure = () => new AicoError('NET_TIMED_OUT', { subject: plugin, details });
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whoever reads takes their time: that is not the host's. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Time begins anew. */
  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(this.#failure()), this.#milliseconds);
  }

  [Symbol.dispose](): void {
    this.pause();
  }
}
