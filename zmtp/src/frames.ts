import { Buffer } from 'node:buffer';

const LONG = 2;
const COMMAND = 4;
const SHORT_HEADER_BYTES = 2;
const LONG_HEADER_BYTES = 9;
const SHORT_LIMIT = 255;
const TWO_TO_32 = 0x1_0000_0000;

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
 * Collects chunks of a stream and takes frames off them. It holds no more than was sent: a length alone reserves nothing.
 */
export class FrameCollector {
  #chunks: Buffer[] = [];
  #bytes = 0;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
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
    if (this.#bytes < headerBytes + length) return undefined;
    const whole = this.#first(headerBytes + length);
    this.#drop(headerBytes + length);
    return { command: (flags & COMMAND) !== 0, body: whole.subarray(headerBytes, headerBytes + length) };
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
