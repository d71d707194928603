import { Buffer } from 'node:buffer';
import type { RecordKind } from './protocol.ts';
import {
  CORRELATION_AT,
  KIND_AT,
  MAX_WIRE_HEADER_BYTES,
  MAX_WIRE_TOPIC_BYTES,
  NAME_LENGTHS,
  NAMES_AT,
  REPEATS,
  SEQUENCE_AT,
  TIME_AT,
  WIRE_VERSION,
  WireError,
} from './wire-format.ts';

const NOTHING = Buffer.alloc(0);
const SMALLEST_BYTES = 1_024;
/** A buffer of a usual frame is worth keeping for the next one; a larger one is rare. */
const KEPT_BYTES = 128 * 1024;
/** A text up to this length gets room for its worst case; a longer one is measured first. */
const MEASURED_CHARACTERS = 4_096;

export interface RecordFields {
  readonly kind: RecordKind;
  readonly correlation?: number;
  readonly sequence?: number;
  readonly time?: number;
  readonly topic?: string;
  /** JSON; bytes or text. */
  readonly header?: Uint8Array | string;
  readonly payload?: Uint8Array | string;
}

/** Writes records straight into the frame that will be sent: nothing is copied twice. */
export class FrameWriter {
  #buffer: Buffer<ArrayBufferLike> = NOTHING;
  #view: DataView = new DataView(NOTHING.buffer);
  /** The buffer of a frame that has left. */
  #spare: Buffer | undefined;
  #length = 0;
  #expected = SMALLEST_BYTES;
  #topic = '';
  #header: Uint8Array | string = '';

  /** Bytes of the frame so far; 0 when it holds nothing. */
  get bytes(): number {
    return this.#length;
  }

  /** @throws WireError when topic or header are too long, leaving the frame as it was */
  add({ kind, correlation = 0, sequence = 0, time = 0, topic = '', header = '', payload = '' }: RecordFields): void {
    this.write(kind, correlation, sequence, time, topic, header, payload);
  }

  /** As `add`, for the busiest paths; of a payload in bytes a part may be taken. @throws WireError */
  write(
    kind: number,
    correlation: number,
    sequence: number,
    time: number,
    topic: string,
    header: Uint8Array | string,
    payload: Uint8Array | string,
    start = 0,
    end: number = payload.length,
  ): void {
    const repeats = this.#length > 0 && topic === this.#topic && header === this.#header;
    const names = repeats ? 0 : NAME_LENGTHS + topic.length + roomFor(header);
    this.#reserve(NAMES_AT + names + (typeof payload === 'string' ? roomFor(payload) : end - start));
    const begin = this.#length === 0 ? 1 : this.#length;
    let at = begin + NAMES_AT;
    if (!repeats) at = this.#writeNames(at, topic, header);
    at += this.#put(payload, at, start, end);
    const view = this.#view;
    view.setUint32(begin, at - begin - 4, true);
    view.setUint8(begin + KIND_AT, repeats ? kind | REPEATS : kind);
    view.setUint32(begin + CORRELATION_AT, correlation, true);
    view.setFloat64(begin + SEQUENCE_AT, sequence, true);
    view.setFloat64(begin + TIME_AT, time, true);
    this.#length = at;
  }

  /** The frame; the next record begins another. */
  take(): Uint8Array {
    const frame = this.#buffer.subarray(0, this.#length);
    // The next frame is likely as large as this one.
    this.#expected = Math.max(SMALLEST_BYTES, this.#length + (this.#length >>> 3));
    this.clear();
    return frame;
  }

  /** A frame that was taken here has left, and nobody reads it any more: its memory serves the next one. */
  release(frame: Uint8Array): void {
    if (frame.buffer.byteLength <= KEPT_BYTES) this.#spare ??= Buffer.from(frame.buffer as ArrayBuffer);
  }

  /** Forgets what was written. */
  clear(): void {
    this.#length = 0;
    this.#buffer = NOTHING;
  }

  #writeNames(at: number, topic: string, header: Uint8Array | string): number {
    const headerAt = at + NAME_LENGTHS + topic.length;
    const headerLength = topic.length > MAX_WIRE_TOPIC_BYTES ? 0 : this.#put(header, headerAt);
    if (topic.length > MAX_WIRE_TOPIC_BYTES || headerLength > MAX_WIRE_HEADER_BYTES) {
      throw new WireError('topic or header too long');
    }
    this.#buffer[at] = topic.length;
    this.#buffer.write(topic, at + 1, 'latin1');
    this.#view.setUint16(at + 1 + topic.length, headerLength, true);
    this.#topic = topic;
    this.#header = header;
    return headerAt + headerLength;
  }

  #put(part: Uint8Array | string, at: number, start = 0, end: number = part.length): number {
    if (start === end) return 0;
    if (typeof part === 'string') return this.#buffer.write(part, at);
    if (Buffer.isBuffer(part)) part.copy(this.#buffer, at, start, end);
    else this.#buffer.set(part.subarray(start, end), at);
    return end - start;
  }

  #reserve(more: number): void {
    const needed = Math.max(1, this.#length) + more;
    if (needed <= this.#buffer.length) return;
    const larger = this.#atLeast(needed);
    if (this.#length > 0) larger.set(this.#buffer.subarray(0, this.#length));
    larger[0] = WIRE_VERSION;
    this.#buffer = larger;
    this.#view = new DataView(larger.buffer, larger.byteOffset, larger.length);
  }

  /** A buffer of its own, never a part of one that others use: it may be used again. */
  #atLeast(needed: number): Buffer {
    const spare = this.#spare;
    if (spare === undefined || spare.length < needed) {
      return Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2, this.#expected));
    }
    this.#spare = undefined;
    return spare;
  }
}

/** Bytes that a part takes at most. */
function roomFor(part: Uint8Array | string): number {
  if (typeof part !== 'string') return part.length;
  return part.length > MEASURED_CHARACTERS ? Buffer.byteLength(part) : part.length * 3;
}
