import type { Clock } from '@aico/kernel';

/** A clock that moves when told. */
export class FakeClock implements Clock {
  #now = 1_000_000;
  readonly #timers = new Set<{ at: number; handler: () => void }>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, handler: () => void): () => void {
    const timer = { at: this.#now + milliseconds, handler };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Time passes while the machine sleeps: what came due meanwhile fires once, now. */
  async wakeAfter(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    await this.advance(0);
  }

  /** Moves on, firing what comes due in order and letting what it caused happen. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.handler();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets everything that is already under way in this process happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
