import { logFailure } from './show.ts';

/** The part of the DOM's abort classes that a plugin needs. https://dom.spec.whatwg.org/#aborting-ongoing-activities */
type Listener = ((event: AbortEvent) => void) | { handleEvent(event: AbortEvent): void };

interface AbortEvent {
  readonly type: 'abort';
  readonly target: GuestAbortSignal;
}

/** An error with a DOM name, such as AbortError. */
export class GuestDomException extends Error {
  constructor(message = '', name = 'Error') {
    super(message);
    this.name = name;
  }
}

export class GuestAbortSignal {
  readonly #listeners = new Map<Listener, boolean>();
  #aborted = false;
  #reason: unknown;
  onabort: ((event: AbortEvent) => void) | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  addEventListener(type: string, listener: Listener, options?: { readonly once?: boolean } | boolean): void {
    if (type !== 'abort' || this.#aborted) return;
    this.#listeners.set(listener, typeof options === 'object' && options.once === true);
  }

  removeEventListener(type: string, listener: Listener): void {
    if (type === 'abort') this.#listeners.delete(listener);
  }

  static abort(reason?: unknown): GuestAbortSignal {
    const controller = new GuestAbortController();
    controller.abort(reason);
    return controller.signal;
  }

  static timeout(milliseconds: number): GuestAbortSignal {
    const controller = new GuestAbortController();
    setTimeout(() => controller.abort(new GuestDomException('The time is over.', 'TimeoutError')), milliseconds);
    return controller.signal;
  }

  static any(signals: Iterable<GuestAbortSignal>): GuestAbortSignal {
    const controller = new GuestAbortController();
    const sources = [...signals];
    const aborted = sources.find((signal) => signal.aborted);
    if (aborted !== undefined) controller.abort(aborted.reason);
    // The first of them frees the others: one that lives as long as its plugin would hold all that were ever made of it.
    const follow = ({ target }: AbortEvent): void => {
      for (const signal of sources) signal.removeEventListener('abort', follow);
      controller.abort(target.reason);
    };
    if (aborted === undefined) for (const signal of sources) signal.addEventListener('abort', follow);
    return controller.signal;
  }

  /** For the controller alone. */
  static fire(signal: GuestAbortSignal, reason: unknown): void {
    if (signal.#aborted) return;
    signal.#aborted = true;
    signal.#reason = reason ?? new GuestDomException('This operation was aborted.', 'AbortError');
    const event: AbortEvent = { type: 'abort', target: signal };
    const listeners = [...signal.#listeners.keys()];
    signal.#listeners.clear();
    report(() => signal.onabort?.(event));
    for (const listener of listeners) {
      report(() => (typeof listener === 'function' ? listener.call(signal, event) : listener.handleEvent(event)));
    }
  }
}

/** What one listener throws is told, and keeps neither the others nor whoever aborted from going on. */
function report(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    logFailure(error);
  }
}

export class GuestAbortController {
  readonly signal: GuestAbortSignal = new GuestAbortSignal();

  abort(reason?: unknown): void {
    fire(this.signal, reason);
  }
}

// Taken off the class, so that a plugin cannot fire somebody else's signal.
const { fire } = GuestAbortSignal;
Reflect.deleteProperty(GuestAbortSignal, 'fire');
