import { Buffer } from 'node:buffer';

const LONG = 2;
const COMMAND = 4;
const SHORT_HEADER_BYTES = 2;
const LONG_HEADER_BYTES = 9;
const SHORT_LIMIT = 255;
const TWO_TO_32 = 0x1_0000_0000;
/** Once so much of a frame is here, and it is not whole. */
const LARGE_BYTES = 128 * 1024;

/** One frame off the wire. */
export interface Frame {
  readonly command: boolean;
  readonly body: Buffer;
}

/** The bytes before a frame's body (RFC 23). */
export function frameHeader(length: number, command = false): Buffer {
  const flags = command ? COMMAND : 0;
  if (length <= SHORT_LIMIT) return Buffer.of(flags, length);
  const header = Buffer.alloc(LONG_HEADER_BYTES);
  header[0] = flags | LONG;
  header.writeUInt32BE(Math.floor(length / TWO_TO_32), 1);
  header.writeUInt32BE(length % TWO_TO_32, 5);
  return header;
}

/**
 * Collects chunks of a stream and takes frames off them. A length alone reserves little: the memory of a large frame is there once
 * a part of it has come, and is filled as the rest does, so that no turn has to move all of it.
 */
export class FrameCollector {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #large: LargeFrame | undefined;

  push(chunk: Buffer): void {
    const rest = this.#large === undefined ? chunk : this.#large.fill(chunk);
    if (rest.length === 0) return;
    this.#chunks.push(rest);
    this.#bytes += rest.length;
  }

  /** The first bytes, once there are so many. */
  take(length: number): Buffer | undefined {
    if (this.#bytes < length) return undefined;
    const whole = this.#first(length);
    this.#drop(length);
    return whole.subarray(0, length);
  }

  /**
   * The next frame, once it is whole.
   * @throws Error for flags that mean nothing here and for a body above the limit (bytes)
   */
  next(limit: number): Frame | undefined {
    if (this.#large !== undefined) return this.#takeLarge(this.#large);
    if (this.#bytes < SHORT_HEADER_BYTES) return undefined;
    const flags = this.#chunks[0]?.[0] as number;
    // Whether a message has more parts is said inside its box.
    if ((flags & ~(LONG | COMMAND)) !== 0) throw new Error('no frame');
    const headerBytes = (flags & LONG) === 0 ? SHORT_HEADER_BYTES : LONG_HEADER_BYTES;
    if (this.#bytes < headerBytes) return undefined;
    const header = this.#first(headerBytes);
    const length =
      headerBytes === SHORT_HEADER_BYTES
        ? (header[1] as number)
        : header.readUInt32BE(1) * TWO_TO_32 + header.readUInt32BE(5);
    if (length > limit) throw new Error('a frame above the limit');
    const command = (flags & COMMAND) !== 0;
    if (this.#bytes < headerBytes + length) {
      if (this.#bytes >= LARGE_BYTES) this.#begin(command, headerBytes, length);
      return undefined;
    }
    const whole = this.#first(headerBytes + length);
    this.#drop(headerBytes + length);
    return { command, body: whole.subarray(headerBytes, headerBytes + length) };
  }

  #begin(command: boolean, headerBytes: number, length: number): void {
    this.#large = new LargeFrame(command, length);
    this.#drop(headerBytes);
    for (const chunk of this.#chunks) this.#large.fill(chunk);
    [this.#chunks, this.#bytes] = [[], 0];
  }

  #takeLarge(frame: LargeFrame): Frame | undefined {
    if (!frame.isWhole) return undefined;
    this.#large = undefined;
    return frame;
  }

  /** A chunk that begins with so many bytes, made of several only when they are in several. */
  #first(length: number): Buffer {
    const [chunk] = this.#chunks as [Buffer];
    if (chunk.length >= length) return chunk;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }

  #drop(length: number): void {
    const [chunk] = this.#chunks as [Buffer];
    this.#bytes -= length;
    if (chunk.length === length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(length);
  }
}

/** A frame of which a large part has come. */
class LargeFrame implements Frame {
  readonly command: boolean;
  readonly body: Buffer;
  #filled = 0;

  constructor(command: boolean, length: number) {
    this.command = command;
    this.body = Buffer.allocUnsafeSlow(length);
  }

  get isWhole(): boolean {
    return this.#filled === this.body.length;
  }

  /** Takes what is missing; what is left of the chunk. */
  fill(chunk: Buffer): Buffer {
    const taken = chunk.copy(this.body, this.#filled);
    this.#filled += taken;
    return chunk.subarray(taken);
  }
}
