import { Buffer } from 'node:buffer';
import { setTimeout as delay } from 'node:timers/promises';
import type { PeerCredentials } from '@aico/kernel/contracts';
import { decodeFrame, encodeFrame, encodeRecord, type WireRecord } from '@aico/schemas/wire';
import type { InRecord, OutRecord, RecordPort } from '@aico/sdk/internal';
import type { Dealer } from 'zeromq';
import { useAddon, ZEROMQ_ADDON } from './addons.ts';

const FRAME_BYTES = 256 * 1024;
/** How long the last frame may take to leave when the process ends. */
const LAST_FRAME_MS = 500;

/** The plugin's end of its socket: many records to a frame, one send and one receive at a time. */
export class BusPort implements RecordPort {
  readonly #socket: Dealer;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
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
    return this.#queuedBytes;
  }

  /** Called whenever everything queued was sent. */
  onDrained(handler: () => void): void {
    this.#onDrained = handler;
  }

  send(record: OutRecord): void {
    const { kind, correlation, topic, sequence = 0, header, payload } = record;
    const encoded = encodeRecord({
      kind,
      correlation,
      sequence,
      topic,
      ...(header === undefined ? undefined : { header: Buffer.from(header) }),
      ...(payload === undefined ? undefined : { payload: Buffer.from(payload) }),
    });
    this.#queue.push(encoded);
    this.#queuedBytes += encoded.length;
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
      while (this.#queue.length > 0) {
        const { records, bytes } = this.#takeFrame();
        await this.#socket.send(encodeFrame(records));
        this.#queuedBytes -= bytes;
      }
    } catch (error) {
      // Closing ends what still waited to be sent.
      if (!this.#socket.closed) throw error;
    }
    this.#sending = undefined;
    this.#onDrained?.();
  }

  #takeFrame(): { records: Uint8Array[]; bytes: number } {
    let bytes = 0;
    let count = 0;
    for (const record of this.#queue) {
      if (count > 0 && bytes + record.length > FRAME_BYTES) break;
      bytes += record.length;
      count += 1;
    }
    if (count < this.#queue.length) return { records: this.#queue.splice(0, count), bytes };
    const records = this.#queue;
    this.#queue = [];
    return { records, bytes };
  }

  async #readAll(handler: (record: InRecord) => void | Promise<void>): Promise<void> {
    try {
      for await (const parts of this.#socket) {
        for (const part of parts) {
          for (const record of decodeFrame(part)) {
            const slow = handler(asText(record));
            if (slow !== undefined) await slow;
          }
        }
      }
    } catch (error) {
      if (!this.#socket.closed) throw error;
    }
  }
}

function asText(record: WireRecord): InRecord {
  const { kind, correlation, sequence, time, topic, header, payload } = record;
  return { kind, correlation, sequence, time, topic, header: textOf(header), payload: textOf(payload) };
}

function textOf(bytes: Uint8Array): string {
  return bytes.length === 0 ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}
