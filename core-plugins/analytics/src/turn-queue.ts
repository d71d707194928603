import { AicoError } from '@aico/sdk';

/** Lets one do its work at a time, and so many wait. */
export class TurnQueue {
  readonly #most: number;
  #inside = 0;
  #last: Promise<void> = Promise.resolve();

  /** @param most how many may wait */
  constructor(most: number) {
    this.#most = most;
  }

  /** @throws AicoError ANALYTICS_BUSY, KERNEL_CANCELLED when it was called off before its turn */
  async run<Value>(signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
    if (this.#inside > this.#most)
      throw new AicoError('ANALYTICS_BUSY', { subject: 'analytics', details: { limit: this.#most } });
    const before = this.#last;
    const done = Promise.withResolvers<void>();
    this.#last = before.then(() => done.promise);
    this.#inside += 1;
    let left = false;
    const leave = (): void => {
      if (!left) this.#inside -= 1;
      left = true;
    };
    try {
      // Whoever is called off makes room at once: the next may come with the very same frame.
      await untilTurn(before, signal, leave);
      return await work();
    } finally {
      leave();
      done.resolve();
    }
  }
}

async function untilTurn(before: Promise<void>, signal: AbortSignal, leave: () => void): Promise<void> {
  const off = Promise.withResolvers<never>();
  const onAbort = (): void => {
    leave();
    off.reject(new AicoError('KERNEL_CANCELLED', { subject: 'the question' }));
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([off.promise, before]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
