import { setTimeout as delay } from 'node:timers/promises';
import type { PeerCredentials } from '@aico/kernel/contracts';
import { FrameReader, FrameWriter } from '@aico/schemas/wire';
import type { InRecord, OutRecord, RecordPort } from '@aico/sdk/internal';
import type { Dealer } from 'zeromq';
import { useAddon, ZEROMQ_ADDON } from './addons.ts';

const FRAME_BYTES = 256 * 1024;
/** How long the last frame may take to leave when the process ends. */
const LAST_FRAME_MS = 500;

/** The plugin's end of its socket: many records to a frame, one send and one receive at a time. */
export class BusPort implements RecordPort {
  readonly #socket: Dealer;
  readonly #writer = new FrameWriter();
  /** Full frames that wait behind the one that is being sent. */
  #full: Uint8Array[] = [];
  #fullBytes = 0;
  #sending: Promise<void> | undefined;
  #onDrained: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  private constructor(socket: Dealer) {
    this.#socket = socket;
  }

  /** @param addonPath zeromq's native half, for a process that may not look for it; others find it themselves */
  static async connect(credentials: PeerCredentials, addonPath?: string): Promise<BusPort> {
    if (addonPath !== undefined) useAddon(ZEROMQ_ADDON, addonPath);
    const { Dealer } = await import('zeromq');
    const socket = new Dealer({
      linger: 0,
      sendHighWaterMark: 16,
      receiveHighWaterMark: 16,
      curveServerKey: credentials.serverPublicKey,
      curvePublicKey: credentials.publicKey,
      curveSecretKey: credentials.secretKey,
    });
    socket.connect(credentials.address);
    return new BusPort(socket);
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
    void this.#readAll(handler);
  }

  /** Closes; resolves when everything that was queued has left, or the other side takes nothing any more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.race([this.#sending, delay(LAST_FRAME_MS, undefined, { ref: false })]);
    const gone = new Promise<void>((resolve) => this.#socket.events.on('end', () => resolve()));
    this.#socket.linger = LAST_FRAME_MS;
    this.#socket.close();
    await gone;
  }

  async #sendAll(): Promise<void> {
    // A turn's records are sent together.
    await Promise.resolve();
    try {
      while (this.#full.length > 0 || this.#writer.bytes > 0) {
        if (this.#full.length === 0) this.#fill(this.#writer.take());
        const [frame] = this.#full.splice(0, 1) as [Uint8Array];
        await this.#socket.send(frame);
        this.#fullBytes -= frame.length;
      }
    } catch (error) {
      // Closing ends what still waited to be sent.
      if (!this.#socket.closed) throw error;
    }
    this.#sending = undefined;
    this.#onDrained?.();
  }

  #fill(frame: Uint8Array): void {
    this.#full.push(frame);
    this.#fullBytes += frame.length;
  }

  async #readAll(handler: (record: InRecord) => void | Promise<void>): Promise<void> {
    try {
      for (;;) {
        for (const part of await this.#socket.receive()) {
          const reader = new FrameReader(part);
          while (reader.next()) {
            const slow = handler(asText(reader));
            if (slow !== undefined) await slow;
          }
        }
      }
    } catch (error) {
      if (!this.#socket.closed) throw error;
    }
  }
}

function asText(reader: FrameReader): InRecord {
  const { kind, correlation, sequence, time, topic, headerText, payloadText } = reader;
  return { kind, correlation, sequence, time, topic, header: headerText, payload: payloadText };
}
