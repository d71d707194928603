import { Buffer } from 'node:buffer';
import { type CurveMechanism, HandshakeRefused } from './curve-handshake.ts';
import { type CurveSession, MESSAGE_OVERHEAD } from './curve-session.ts';
import { FrameCollector, frameHeader } from './frames.ts';

const SIGNATURE = Buffer.from('ff00000000000000017f', 'hex');
const VERSION = Buffer.of(3, 0);
const MECHANISM = Buffer.concat([Buffer.from('CURVE'), Buffer.alloc(15)]);
const GREETING_BYTES = 64;
/** The longest command of a handshake that says no more than it must; before that nobody is known. */
const HANDSHAKE_LIMIT = 1024;
const LEAST_BYTES = 1024;
/** Reading so much takes long enough: others have their turn before it is opened, and before it is made use of, which take as long again. */
const LARGE_BYTES = 128 * 1024;
/** Memory up to this size is kept for the next frame. */
const KEPT_BYTES = 160 * 1024;

/** A byte stream, such as a socket of Node. */
export interface Carrier {
  write(bytes: Uint8Array, done: (error?: Error | null) => void): boolean;
  pause(): unknown;
  resume(): unknown;
  end(): unknown;
  destroy(): unknown;
  on(event: 'data', handler: (chunk: Buffer) => void): unknown;
  on(event: 'error', handler: (error: Error) => void): unknown;
  on(event: 'close', handler: () => void): unknown;
}

export interface ConnectionOptions {
  readonly carrier: Carrier;
  readonly mechanism: CurveMechanism;
  /** The longest message, in bytes, that is taken from the other side. */
  readonly messageLimit: number;
  readonly onReady: () => void;
  /** Called for every message; nothing more is read until a promise that it returns is settled. */
  readonly onMessage: (message: Buffer) => void | Promise<void>;
  /** Called once. Without a reason the carrier just ended. */
  readonly onClosed: (reason: unknown) => void;
}

type Stage =
  | { readonly name: 'greeting' }
  | { readonly name: 'handshake' }
  | { readonly name: 'open'; readonly session: CurveSession }
  | { readonly name: 'closed' };

/** One ZMTP 3.0 connection (RFC 23) between two dealers, secured by CURVE (RFC 25); there is no plaintext mode. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #collector = new FrameCollector();
  #stage: Stage = { name: 'greeting' };
  #busy = false;
  /** The memory of a frame that has left. */
  #spare: Buffer<ArrayBuffer> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { carrier, mechanism } = options;
    carrier.on('data', (chunk) => {
      this.#collector.push(chunk);
      if (!this.#busy) this.#read();
    });
    carrier.on('error', (error) => this.#close(error));
    carrier.on('close', () => this.#close(undefined));
    this.#write(greeting(mechanism.asServer));
  }

  /** Sends a message; resolves when the system took it. @throws Error when the connection is not open */
  send(message: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#stage.name !== 'open') throw new Error('the connection is not open');
      const frame = this.#stage.session.seal(message, (bytes) => this.#memory(bytes));
      this.#options.carrier.write(frame, (error) => {
        if (frame.buffer.byteLength <= KEPT_BYTES) this.#spare = Buffer.from(frame.buffer);
        if (error == null) resolve();
        else reject(error);
      });
    });
  }

  /** Ends after what was sent. */
  end(): void {
    this.#options.carrier.end();
  }

  /** Ends now. */
  destroy(): void {
    this.#close(undefined);
  }

  #memory(bytes: number): Buffer<ArrayBuffer> {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined && spare.length >= bytes) return spare.subarray(0, bytes);
    return Buffer.allocUnsafeSlow(Math.max(bytes, LEAST_BYTES)).subarray(0, bytes);
  }

  #read(): void {
    try {
      while (this.#step());
    } catch (error) {
      this.#close(error);
    }
  }

  /** Takes one thing off what has come; false when it must wait. */
  #step(): boolean {
    if (this.#stage.name === 'closed') return false;
    if (this.#stage.name === 'greeting') return this.#greet();
    const limit = this.#stage.name === 'open' ? this.#options.messageLimit + MESSAGE_OVERHEAD : HANDSHAKE_LIMIT;
    const frame = this.#collector.next(limit);
    if (frame === undefined) return false;
    if (this.#stage.name === 'handshake') {
      this.#shakeHands(frame.command, frame.body);
      return true;
    }
    if (frame.command) return true;
    const { session } = this.#stage;
    return this.#proceedAfter(
      frame.body.length < LARGE_BYTES ? this.#take(session, frame.body) : this.#takeLarge(session, frame.body),
    );
  }

  #greet(): boolean {
    const theirs = this.#collector.take(GREETING_BYTES);
    if (theirs === undefined) return false;
    const version = theirs[SIGNATURE.length] as number;
    const mechanism = theirs.subarray(12, 12 + MECHANISM.length);
    if (theirs[0] !== 0xff || theirs[9] !== 0x7f || version < 3 || !mechanism.equals(MECHANISM)) {
      throw new HandshakeRefused('protocol');
    }
    this.#stage = { name: 'handshake' };
    const { first } = this.#options.mechanism;
    if (first !== undefined) this.#write(frameHeader(first.length, true), first);
    return true;
  }

  #shakeHands(command: boolean, body: Buffer): void {
    if (!command) throw new HandshakeRefused('protocol');
    const { reply, session } = this.#options.mechanism.take(body);
    if (reply !== undefined) this.#write(frameHeader(reply.length, true), reply);
    if (session === undefined) return;
    this.#stage = { name: 'open', session };
    this.#options.onReady();
  }

  #take(session: CurveSession, body: Buffer): void | Promise<void> {
    const message = session.open(body);
    return message === undefined ? undefined : this.#options.onMessage(message);
  }

  async #takeLarge(session: CurveSession, body: Buffer): Promise<void> {
    await othersTurn();
    const message = this.#stage.name === 'open' ? session.open(body) : undefined;
    await othersTurn();
    if (message !== undefined && this.#stage.name === 'open') await this.#options.onMessage(message);
  }

  /** Whether the next may be read now. */
  #proceedAfter(slow: void | Promise<void>): boolean {
    if (slow === undefined) return true;
    this.#busy = true;
    this.#options.carrier.pause();
    void slow.then(
      () => {
        this.#busy = false;
        this.#options.carrier.resume();
        this.#read();
      },
      (error: unknown) => this.#close(error),
    );
    return false;
  }

  #write(...parts: Buffer[]): void {
    // A failed write closes the carrier, which is told of there.
    this.#options.carrier.write(Buffer.concat(parts), () => {});
  }

  #close(reason: unknown): void {
    if (this.#stage.name === 'closed') return;
    this.#stage = { name: 'closed' };
    this.#options.carrier.destroy();
    this.#options.onClosed(reason);
  }
}

function othersTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function greeting(asServer: boolean): Buffer {
  const bytes = Buffer.alloc(GREETING_BYTES);
  Buffer.concat([SIGNATURE, VERSION, MECHANISM, Buffer.of(Number(asServer))]).copy(bytes);
  return bytes;
}
