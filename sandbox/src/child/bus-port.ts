import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { PeerCredentials } from '@aico/kernel/contracts';
import { FrameReader, FrameWriter, MAX_FRAME_BYTES } from '@aico/schemas/wire';
import type { InRecord, OutRecord, RecordPort } from '@aico/sdk/internal';
import { Connection, curveClient, decodeZ85, HandshakeRefused, loadSodium } from '@aico/zmtp';

/** What fits with its seal into one read of a socket. */
const FRAME_BYTES = 60 * 1024;
/** How long nothing may leave before the rest is given up when the process ends. */
const LAST_FRAME_MS = 500;
/** Short beside the time for which the kernel's door is open between strangers. */
const AGAIN_MS = 10;
/** Longer than the kernel's door is closed at a time. */
const CONNECT_MS = 5_000;

/** The plugin's end of its socket: many records to a frame, one frame at a time. */
export class BusPort implements RecordPort {
  readonly #writer = new FrameWriter();
  readonly #closed = Promise.withResolvers<void>();
  #connection: Connection | undefined;
  readonly #receiving = Promise.withResolvers<void>();
  #handler: ((record: InRecord) => void | Promise<void>) | undefined;
  /** Full frames that wait behind the one that is being sent. */
  #full: Uint8Array[] = [];
  #fullBytes = 0;
  #sending: Promise<void> | undefined;
  #onDrained: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  private constructor() {}

  /**
   * Resolves when each side has proved its key to the other. The kernel's door may be closed for a moment, because of strangers
   * at it: that is waited out.
   * @param addon path of libsodium's native half
   * @param onLost the kernel's side ended the connection
   * @throws Error when it cannot be reached, or is not who it should be
   */
  static async connect(credentials: PeerCredentials, addon: string, onLost: () => void = () => {}): Promise<BusPort> {
    loadSodium(addon);
    for (const begun = performance.now(); ; await delay(AGAIN_MS)) {
      try {
        return await BusPort.#connect(credentials, onLost);
      } catch (error) {
        if (error instanceof HandshakeRefused || performance.now() - begun > CONNECT_MS) throw error;
      }
    }
  }

  static #connect(credentials: PeerCredentials, onLost: () => void): Promise<BusPort> {
    const port = new BusPort();
    return new Promise((resolve, reject) => {
      const connection = new Connection({
        carrier: open(credentials.address),
        mechanism: curveClient({
          serverPublicKey: decodeZ85(credentials.serverPublicKey),
          publicKey: decodeZ85(credentials.publicKey),
          secretKey: decodeZ85(credentials.secretKey),
        }),
        messageLimit: MAX_FRAME_BYTES,
        onReady: () => {
          port.#connection = connection;
          resolve(port);
        },
        onMessage: (frame) => port.#take(frame),
        onClosed: (reason) => {
          reject(reason ?? new Error('The bus ended the connection.'));
          port.#closed.resolve();
          if (port.#connection !== undefined && port.#closing === undefined) onLost();
        },
      });
    });
  }

  /** Bytes that wait to be sent. */
  get queuedBytes(): number {
    return this.#fullBytes + this.#writer.bytes;
  }

  /** Called whenever everything queued was sent. */
  onDrained(handler: () => void): void {
    this.#onDrained = handler;
  }

  send({ kind, correlation, sequence = 0, topic, header = '', payload = '' }: OutRecord): void {
    if (this.#writer.bytes > 0 && this.#writer.bytes + payload.length > FRAME_BYTES) this.#fill(this.#writer.take());
    this.#writer.write(kind, correlation, sequence, 0, topic, header, payload);
    this.#sending ??= this.#sendAll();
  }

  /** A handler that returns a promise is waited for before more is read: that is how a slow plugin slows its sender. */
  receive(handler: (record: InRecord) => void | Promise<void>): void {
    this.#handler = handler;
    this.#receiving.resolve();
  }

  /** Closes; resolves when everything that was queued has left, or the other side takes nothing any more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // As long as something leaves, the other side is there.
    for (let before = Number.POSITIVE_INFINITY; this.#sending !== undefined && this.queuedBytes < before; ) {
      before = this.queuedBytes;
      await Promise.race([this.#sending, delay(LAST_FRAME_MS, undefined, { ref: false })]);
    }
    this.#connection?.end();
    await Promise.race([this.#closed.promise, delay(LAST_FRAME_MS, undefined, { ref: false })]);
    this.#connection?.destroy();
  }

  async #sendAll(): Promise<void> {
    // A turn's records are sent together.
    await Promise.resolve();
    try {
      while (this.#full.length > 0 || this.#writer.bytes > 0) {
        if (this.#full.length === 0) this.#fill(this.#writer.take());
        const [frame] = this.#full.splice(0, 1) as [Uint8Array];
        await this.#connection?.send(frame);
        this.#fullBytes -= frame.length;
        this.#writer.release(frame);
      }
    } catch {
      // A connection that is gone takes nothing, and was told of as lost.
      return;
    }
    this.#sending = undefined;
    this.#onDrained?.();
  }

  #fill(frame: Uint8Array): void {
    this.#full.push(frame);
    this.#fullBytes += frame.length;
  }

  /** What comes before somebody listens waits in the socket. */
  #take(frame: Uint8Array): void | Promise<void> {
    const reader = new FrameReader(frame);
    return this.#handler === undefined ? this.#receiving.promise.then(() => this.#read(reader)) : this.#read(reader);
  }

  /** Gives records one by one; goes on by itself after one that must be waited for. */
  #read(reader: FrameReader): void | Promise<void> {
    while (reader.next()) {
      const slow = this.#handler?.(asText(reader));
      if (slow !== undefined) return slow.then(() => this.#read(reader));
    }
  }
}

/** @param address `ipc://path` or `tcp://host:port` */
function open(address: string): ReturnType<typeof connect> {
  const { protocol, hostname, port } = new URL(address);
  if (protocol === 'tcp:') return connect({ host: hostname, port: Number(port) }).setNoDelay(true);
  return connect({ path: address.slice('ipc://'.length) });
}

function asText(reader: FrameReader): InRecord {
  const { kind, correlation, sequence, time, topic, headerText, payloadText } = reader;
  return { kind, correlation, sequence, time, topic, header: headerText, payload: payloadText };
}
