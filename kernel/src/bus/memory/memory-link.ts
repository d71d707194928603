import type { Link } from '../../contracts/link.ts';

class MemoryLink implements Link {
  other: MemoryLink | undefined;
  #handler: ((frame: Uint8Array) => void) | undefined;
  #early: Uint8Array[] = [];
  #closed = false;

  async send(frame: Uint8Array): Promise<void> {
    const copy = frame.slice();
    await Promise.resolve();
    if (!this.#closed) this.other?.accept(copy);
  }

  receive(handler: (frame: Uint8Array) => void): void {
    this.#handler = handler;
    const early = this.#early;
    this.#early = [];
    for (const frame of early) handler(frame);
  }

  accept(frame: Uint8Array): void {
    if (this.#closed) return;
    if (this.#handler === undefined) this.#early.push(frame);
    else this.#handler(frame);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }
}

/** Two ends of a connection inside one process: the twin of a socket pair, for tests. */
export function createMemoryLinks(): readonly [Link, Link] {
  const one = new MemoryLink();
  const other = new MemoryLink();
  one.other = other;
  other.other = one;
  return [one, other];
}
