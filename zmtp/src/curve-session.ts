import { Buffer } from 'node:buffer';
import { MAC_BYTES, NONCE_BYTES } from './curve-keys.ts';
import { frameHeader } from './frames.ts';
import { sodium } from './sodium.ts';

const MESSAGE = Buffer.from('\x07MESSAGE', 'latin1');
const PREFIX_BYTES = 16;
const SHORT_NONCE_BYTES = 8;
const BOX_AT = MESSAGE.length + SHORT_NONCE_BYTES;
/** Flags of a message travel inside its box. */
const FLAGS_BYTES = 1;
const COMMAND = 2;
const TWO_TO_32 = 0x1_0000_0000;

/** What a frame costs beyond its message. */
export const MESSAGE_OVERHEAD: number = BOX_AT + MAC_BYTES + FLAGS_BYTES;

/** An agreed connection: seals what leaves and opens what comes, each message under a number that only grows (RFC 26). */
export class CurveSession {
  readonly #key: Uint8Array;
  readonly #outgoing: Buffer;
  readonly #incoming: Buffer;
  #sent: number;
  #received: number;

  /**
   * @param sent the last number that this side used in the handshake; messages go on from there
   * @param received the last number of the other side
   */
  constructor(role: 'client' | 'server', key: Uint8Array, sent: number, received: number) {
    const prefixes = [Buffer.from('CurveZMQMESSAGEC', 'latin1'), Buffer.from('CurveZMQMESSAGES', 'latin1')];
    const [mine, theirs] = role === 'client' ? prefixes : prefixes.reverse();
    this.#key = key;
    this.#outgoing = Buffer.alloc(NONCE_BYTES);
    this.#incoming = Buffer.alloc(NONCE_BYTES);
    mine?.copy(this.#outgoing);
    theirs?.copy(this.#incoming);
    this.#sent = sent;
    this.#received = received;
  }

  /**
   * A whole frame, ready for the socket. The message is copied once and sealed where it then lies.
   * @param memory gives so many bytes, whose content does not matter
   */
  seal(message: Uint8Array, memory: (bytes: number) => Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
    const body = MESSAGE_OVERHEAD + message.length;
    const header = frameHeader(body);
    const frame = memory(header.length + body);
    frame.set(header);
    frame.set(MESSAGE, header.length);
    const boxAt = header.length + BOX_AT;
    this.#sent += 1;
    writeNumber(this.#outgoing, PREFIX_BYTES, this.#sent);
    writeNumber(frame, boxAt - SHORT_NONCE_BYTES, this.#sent);
    const plainAt = boxAt + MAC_BYTES;
    frame[plainAt] = 0;
    frame.set(message, plainAt + FLAGS_BYTES);
    sodium().crypto_secretbox_easy(frame.subarray(boxAt), frame.subarray(plainAt), this.#outgoing, this.#key);
    return frame;
  }

  /**
   * The message in a frame's body, opened where it lies; undefined for a command such as a heartbeat.
   * @throws Error for what is no message of the other side, or one that came before
   */
  open(body: Buffer): Buffer | undefined {
    if (body.length < MESSAGE_OVERHEAD || MESSAGE.compare(body, 0, MESSAGE.length) !== 0) throw new Error('no message');
    const high = body.readUInt32BE(MESSAGE.length);
    const number = high * TWO_TO_32 + body.readUInt32BE(MESSAGE.length + 4);
    if (number <= this.#received || number > Number.MAX_SAFE_INTEGER) throw new Error('a message out of order');
    body.copy(this.#incoming, PREFIX_BYTES, MESSAGE.length, BOX_AT);
    const plain = body.subarray(BOX_AT + MAC_BYTES);
    const opened = sodium().crypto_secretbox_open_easy(plain, body.subarray(BOX_AT), this.#incoming, this.#key);
    if (!opened) throw new Error('a message that the other side did not make');
    this.#received = number;
    return ((plain[0] as number) & COMMAND) === 0 ? plain.subarray(FLAGS_BYTES) : undefined;
  }
}

function writeNumber(into: Buffer, at: number, number: number): void {
  into.writeUInt32BE(Math.floor(number / TWO_TO_32), at);
  into.writeUInt32BE(number % TWO_TO_32, at + 4);
}
