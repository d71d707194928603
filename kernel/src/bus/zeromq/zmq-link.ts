import type { Socket } from 'node:net';
import { MAX_FRAME_BYTES } from '@aico/schemas/wire';
import { Connection, curveServer, type KeyPair } from '@aico/zmtp';
import type { Link } from '../../contracts/link.ts';

/** Connections that may be in the middle of a handshake; a further one costs the oldest its place. */
const MOST_GUESTS = 8;
const HANDSHAKE_MS = 10_000;

export interface ZmqLinkOptions {
  readonly keys: KeyPair;
  /** The one public key that is let in. */
  readonly admitted: Uint8Array;
  /** Somebody tried another key, or spoke something else. */
  readonly onRefused: () => void;
  readonly onClose: () => Promise<void>;
}

/**
 * The kernel's end of one plugin's socket. Whoever proves the admitted key is the plugin; everybody else is a guest for as long
 * as a handshake takes.
 */
export class ZmqLink implements Link {
  readonly #options: ZmqLinkOptions;
  readonly #guests = new Map<Connection, NodeJS.Timeout>();
  readonly #receiving = Promise.withResolvers<void>();
  #handler: ((frame: Uint8Array) => void | Promise<void>) | undefined;
  #peer: Connection | undefined;
  #connected = Promise.withResolvers<void>();
  #closing: Promise<void> | undefined;

  constructor(options: ZmqLinkOptions) {
    this.#options = options;
  }

  /** Takes a connection that somebody opened at the socket. */
  accept(socket: Socket): void {
    const connection: Connection = new Connection({
      carrier: socket.setNoDelay(true),
      mechanism: curveServer(this.#options.keys, this.#options.admitted),
      messageLimit: MAX_FRAME_BYTES,
      onReady: () => this.#welcome(connection),
      onMessage: (frame) => (connection === this.#peer ? this.#take(frame) : undefined),
      onClosed: (reason) => this.#part(connection, reason),
    });
    const [oldest] = this.#guests.keys();
    if (oldest !== undefined && this.#guests.size >= MOST_GUESTS) oldest.destroy();
    this.#guests.set(
      connection,
      setTimeout(() => connection.destroy(), HANDSHAKE_MS),
    );
    if (this.#closing !== undefined) connection.destroy();
  }

  async send(frame: Uint8Array): Promise<void> {
    if (this.#peer === undefined) await this.#connected.promise;
    // What is on its way to somebody who goes is gone with him: the supervisor learns of that from the process itself.
    await this.#peer?.send(frame).catch(() => {});
  }

  receive(handler: (frame: Uint8Array) => void | Promise<void>): void {
    this.#handler = handler;
    this.#receiving.resolve();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** What comes before somebody listens waits in the socket. */
  #take(frame: Uint8Array): void | Promise<void> {
    if (this.#handler !== undefined) return this.#handler(frame);
    return this.#receiving.promise.then(() => this.#handler?.(frame));
  }

  async #close(): Promise<void> {
    for (const connection of this.#guests.keys()) connection.destroy();
    this.#peer?.destroy();
    this.#connected.resolve();
    await this.#options.onClose();
  }

  #welcome(connection: Connection): void {
    this.#forget(connection);
    const before = this.#peer;
    this.#peer = connection;
    // Only one process holds the key: a second connection is the same one that lost its first.
    before?.destroy();
    this.#connected.resolve();
  }

  #part(connection: Connection, reason: unknown): void {
    if (this.#forget(connection) && reason !== undefined) this.#options.onRefused();
    if (connection !== this.#peer) return;
    this.#peer = undefined;
    if (this.#closing === undefined) this.#connected = Promise.withResolvers();
  }

  #forget(connection: Connection): boolean {
    clearTimeout(this.#guests.get(connection));
    return this.#guests.delete(connection);
  }
}
