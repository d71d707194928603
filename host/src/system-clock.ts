import type { Clock } from '@aico/kernel/contracts';

/** The machine's clock. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  after(milliseconds: number, handler: () => void): () => void {
    const timer = setTimeout(handler, milliseconds);
    return () => clearTimeout(timer);
  }
}
