import type { Link } from '../../contracts/link.ts';

type FrameHandler = (frame: Uint8Array) => void | Promise<void>;

class MemoryLink implements Link {
  other: MemoryLink | undefined;
  #handler: FrameHandler | undefined;
  #waiting: Uint8Array[] = [];
  #paused = false;
  #closed = false;

  async send(frame: Uint8Array): Promise<void> {
    const copy = frame.slice();
    await Promise.resolve();
    if (!this.#closed) this.other?.accept(copy);
  }

  receive(handler: FrameHandler): void {
    this.#handler = handler;
    this.#read();
  }

  accept(frame: Uint8Array): void {
    this.#waiting.push(frame);
    this.#read();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #read(): void {
    while (!this.#closed && !this.#paused && this.#handler !== undefined) {
      const frame = this.#waiting.shift();
      if (frame === undefined) return;
      const slow = this.#handler(frame);
      if (slow === undefined) continue;
      this.#paused = true;
      void slow.then(() => {
        this.#paused = false;
        this.#read();
      });
    }
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
