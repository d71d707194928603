import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { MAX_FRAME_BYTES } from '@aico/schemas/wire';
import { Connection, curveServer, type KeyPair } from '@aico/zmtp';
import type { Link } from '../../contracts/link.ts';

/** Connections that may be in the middle of a handshake; a further one costs one of them its place, whichever: not always the first. */
const MOST_GUESTS = 16;
const HANDSHAKE_MS = 10_000;
/** What is taken before others have their turn: hundreds of small frames can come at once, and a large one takes milliseconds. */
const FRAMES_AT_ONCE = 8;
const BYTES_AT_ONCE = 256 * 1024;

export interface ZmqLinkOptions {
  readonly keys: KeyPair;
  /** The one public key that is let in. */
  readonly admitted: Uint8Array;
  /** The plugin is here. */
  readonly onAdmitted: () => void;
  /** Somebody tried another key, spoke something else, or went without a word. */
  readonly onStranger: () => void;
  readonly onClose: () => Promise<void>;
}

/**
 * The kernel's end of one plugin's socket. Whoever proves the admitted key is the plugin, for as long as that connection lasts and
 * no longer: a plugin that is cut off does not come back. Everybody else is a guest for as long as a handshake takes.
 */
export class ZmqLink implements Link {
  readonly #options: ZmqLinkOptions;
  readonly #guests = new Map<Connection, NodeJS.Timeout>();
  readonly #receiving = Promise.withResolvers<void>();
  #handler: ((frame: Uint8Array) => void | Promise<void>) | undefined;
  #admitted = false;
  #frames = 0;
  #bytes = 0;
  #peer: Connection | undefined;
  readonly #connected = Promise.withResolvers<void>();
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
      onClosed: () => this.#part(connection),
    });
    if (this.#guests.size >= MOST_GUESTS) [...this.#guests.keys()][randomInt(MOST_GUESTS)]?.destroy();
    this.#guests.set(
      connection,
      setTimeout(() => connection.destroy(), HANDSHAKE_MS),
    );
    if (this.#admitted || this.#closing !== undefined) connection.destroy();
  }

  async send(frame: Uint8Array): Promise<void> {
    if (!this.#admitted) await this.#connected.promise;
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
    if (this.#handler === undefined) return this.#receiving.promise.then(() => this.#handler?.(frame));
    const waits = this.#handler(frame);
    if (waits !== undefined) return waits;
    this.#frames += 1;
    this.#bytes += frame.length;
    if (this.#frames < FRAMES_AT_ONCE && this.#bytes < BYTES_AT_ONCE) return undefined;
    this.#frames = 0;
    this.#bytes = 0;
    return setImmediate();
  }

  async #close(): Promise<void> {
    for (const connection of this.#guests.keys()) connection.destroy();
    this.#peer?.destroy();
    this.#connected.resolve();
    await this.#options.onClose();
  }

  #welcome(connection: Connection): void {
    this.#forget(connection);
    // Only one process holds the key; whoever else shows it is not that process.
    if (this.#admitted) {
      connection.destroy();
      return;
    }
    this.#admitted = true;
    this.#peer = connection;
    for (const guest of this.#guests.keys()) guest.destroy();
    this.#options.onAdmitted();
    this.#connected.resolve();
  }

  #part(connection: Connection): void {
    if (this.#forget(connection) && !this.#admitted && this.#closing === undefined) this.#options.onStranger();
    if (connection === this.#peer) this.#peer = undefined;
  }

  #forget(connection: Connection): boolean {
    clearTimeout(this.#guests.get(connection));
    return this.#guests.delete(connection);
  }
}
