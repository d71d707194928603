import { Buffer } from 'node:buffer';
import {
  CORRELATION_AT,
  KIND_AT,
  MAX_FRAME_BYTES,
  NAME_LENGTHS,
  NAMES_AT,
  REPEATS,
  SEQUENCE_AT,
  TIME_AT,
  WIRE_VERSION,
  WireError,
} from './wire-format.ts';

/** One decoded record. `header` and `payload` are views into the frame. */
export interface WireRecord {
  readonly kind: number;
  readonly correlation: number;
  readonly sequence: number;
  readonly time: number;
  readonly topic: string;
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
}

/**
 * Walks over the records of a frame where they lie: `next` moves on, the getters read the record that it moved to. The
 * frame is checked whole before the first record is seen, so a broken one is refused whole.
 */
export class FrameReader {
  /** Whether topic and header are those of the record before. */
  repeats = false;
  topic = '';
  kind = 0;
  /** All of it; the payload lies between `payloadStart` and `payloadEnd`. */
  readonly frame: Buffer;
  readonly #view: DataView;
  #at = 0;
  #end = 1;
  #headerStart = 0;
  #headerEnd = 0;
  #payloadStart = 0;
  #headerText: string | undefined;

  /** @throws WireError */
  constructor(bytes: Uint8Array) {
    if (bytes.length > MAX_FRAME_BYTES) throw new WireError('frame too large');
    if (bytes[0] !== WIRE_VERSION) throw new WireError('unknown version');
    this.frame = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#check();
  }

  get hasNext(): boolean {
    return this.#end < this.#view.byteLength;
  }

  /** Moves to the next record; false when there is none. */
  next(): boolean {
    const at = this.#end;
    const view = this.#view;
    if (at >= view.byteLength) return false;
    this.#at = at;
    this.#end = at + 4 + view.getUint32(at, true);
    const kind = view.getUint8(at + KIND_AT);
    this.repeats = kind >= REPEATS;
    this.kind = kind & ~REPEATS;
    if (this.repeats) this.#payloadStart = at + NAMES_AT;
    else this.#readNames(at + NAMES_AT);
    return true;
  }

  get correlation(): number {
    return this.#view.getUint32(this.#at + CORRELATION_AT, true);
  }

  get sequence(): number {
    return this.#view.getFloat64(this.#at + SEQUENCE_AT, true);
  }

  get time(): number {
    return this.#view.getFloat64(this.#at + TIME_AT, true);
  }

  get header(): Uint8Array {
    return this.frame.subarray(this.#headerStart, this.#headerEnd);
  }

  get headerLength(): number {
    return this.#headerEnd - this.#headerStart;
  }

  /** The same text as long as records repeat it. */
  get headerText(): string {
    this.#headerText ??= this.#text(this.#headerStart, this.#headerEnd);
    return this.#headerText;
  }

  get payload(): Uint8Array {
    return this.frame.subarray(this.#payloadStart, this.#end);
  }

  get payloadText(): string {
    return this.#text(this.#payloadStart, this.#end);
  }

  get payloadStart(): number {
    return this.#payloadStart;
  }

  get payloadEnd(): number {
    return this.#end;
  }

  get payloadLength(): number {
    return this.#end - this.#payloadStart;
  }

  /** The record as a value of its own. */
  record(): WireRecord {
    const { kind, correlation, sequence, time, topic, header, payload } = this;
    return { kind, correlation, sequence, time, topic, header, payload };
  }

  #readNames(at: number): void {
    const topicEnd = at + 1 + this.#view.getUint8(at);
    this.topic = this.frame.toString('latin1', at + 1, topicEnd);
    this.#headerStart = topicEnd + 2;
    this.#headerEnd = this.#headerStart + this.#view.getUint16(topicEnd, true);
    this.#headerText = undefined;
    this.#payloadStart = this.#headerEnd;
  }

  #text(start: number, end: number): string {
    return start === end ? '' : this.frame.toString('utf8', start, end);
  }

  #check(): void {
    const view = this.#view;
    const length = view.byteLength;
    for (let at = 1; at < length; ) {
      if (at + NAMES_AT > length) throw new WireError('record cut short');
      const end = at + 4 + view.getUint32(at, true);
      if (end > length) throw new WireError('record longer than its frame');
      if (view.getUint8(at + KIND_AT) < REPEATS) checkNames(view, at + NAMES_AT, end);
      else if (at === 1) throw new WireError('first record repeats nothing');
      else if (at + NAMES_AT > end) throw new WireError('record cut short');
      at = end;
    }
  }
}

function checkNames(view: DataView, at: number, end: number): void {
  if (at + NAME_LENGTHS > end) throw new WireError('record cut short');
  const topicEnd = at + 1 + view.getUint8(at);
  if (topicEnd + 2 > end) throw new WireError('topic longer than its record');
  if (topicEnd + 2 + view.getUint16(topicEnd, true) > end) throw new WireError('header longer than its record');
}
