import type { Dealer } from 'zeromq';
import type { Link } from '../../contracts/link.ts';

/** A link over one bound Dealer. One send and one receive at a time, as the socket demands. */
export class ZmqLink implements Link {
  readonly #socket: Dealer;
  readonly #onClose: () => Promise<void>;
  #last: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(socket: Dealer, onClose: () => Promise<void>) {
    this.#socket = socket;
    this.#onClose = onClose;
  }

  send(frame: Uint8Array): Promise<void> {
    const sent = this.#last.then(() => this.#socket.send(frame));
    this.#last = sent.catch(() => {});
    return sent;
  }

  receive(handler: (frame: Uint8Array) => void | Promise<void>): void {
    void this.#read(handler);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #read(handler: (frame: Uint8Array) => void | Promise<void>): Promise<void> {
    try {
      for await (const parts of this.#socket) {
        for (const part of parts) {
          const slow = handler(part);
          if (slow !== undefined) await slow;
        }
      }
    } catch (error) {
      if (this.#closing === undefined) throw error;
    }
  }

  async #close(): Promise<void> {
    this.#socket.close();
    await this.#onClose();
  }
}
