import { AicoError, type ClientFrame, type Log, type Message, type ServerFrame, type Traced } from '@aico/sdk';
import type { AnyBus } from '../any-bus.ts';
import { toReport } from '../error-answer.ts';
import { findAskable, findEvents } from '../exposed-topics.ts';
import { checkPayload } from '../rest/rest-input.ts';
import { CloseCode } from './close-code.ts';
import type { EventHub } from './event-hub.ts';
import { FrameBudget } from './frame-budget.ts';
import { parseFrame } from './parse-frame.ts';

/** What runs at a time on one socket. */
const MAX_OPERATIONS = 64;
const FRAME_BURST = 300;
const FRAMES_PER_SECOND = 60;
const MALFORMED_ALLOWED = 5;
/** Bytes that may wait in a socket before its streams pause. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** Bytes at which a socket that does not read is given up: events cannot wait for it. */
const GIVE_UP_BYTES = 8 * 1024 * 1024;
/** A model may think for long before its first word; chat has its own, narrower limits. */
const STREAM_SILENCE_MS = 180_000;

/** The few powers over a WebSocket that a connection needs. */
export interface SocketPort {
  readonly bufferedAmount: number;
  /** Calls back when the bytes left the process. */
  send(text: string, sent: () => void): void;
  close(code: number, reason: string): void;
  /** Reads nothing for so long. */
  rest(milliseconds: number): void;
}

export interface ConnectionOptions {
  readonly socket: SocketPort;
  readonly bus: Pick<AnyBus, 'request' | 'stream'>;
  readonly hub: EventHub;
  readonly log: Log;
  readonly now: () => number;
  /** Marks the session as used, unless nobody is there; false when it ended. */
  readonly useSession: (unattended: boolean) => boolean;
  readonly startTrace: () => Traced;
}

type Operation = Extract<ClientFrame, { topic: string }>;

/** One browser's WebSocket: reads its frames and runs what they ask for, until closed. */
export class SocketConnection {
  readonly #options: ConnectionOptions;
  readonly #operations = new Map<number, AbortController>();
  readonly #budget: FrameBudget;
  #malformed = 0;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#budget = new FrameBudget(options.now, FRAME_BURST, FRAMES_PER_SECOND);
  }

  /** Takes a frame as it came. */
  receive(text: string): void {
    if (this.#closed) return;
    const restMs = this.#budget.take();
    if (restMs === undefined) {
      this.close(CloseCode.policy, 'GATEWAY_RATE_EXCEEDED');
      return;
    }
    // A page that sends a large file, piece by piece, is no flood: it comes more slowly then, and all of it.
    if (restMs > 0) this.#options.socket.rest(restMs);
    try {
      this.#handle(parseFrame(text));
    } catch (error) {
      this.#fail(0, error, 'the WebSocket');
      this.#malformed += 1;
      if (this.#malformed > MALFORMED_ALLOWED) this.close(CloseCode.policy, 'GATEWAY_FRAME_MALFORMED');
    }
  }

  /** Closes the socket and cancels what runs on it; once. */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.closed();
    this.#options.socket.close(code, reason);
  }

  /** The socket is gone: cancels what ran on it. */
  closed(): void {
    this.#closed = true;
    for (const operation of this.#operations.values()) operation.abort();
  }

  #handle(frame: ClientFrame): void {
    switch (frame.op) {
      case 'ping':
        this.#send({ op: 'pong' });
        break;
      case 'cancel':
        // What has just ended by itself may be cancelled too: that is no fault.
        this.#operations.get(frame.id)?.abort();
        break;
      default:
        void this.#run(frame);
    }
  }

  async #run(frame: Operation): Promise<void> {
    const { id, topic, unattended = false } = frame;
    const { useSession, log } = this.#options;
    if (!useSession(unattended)) {
      this.close(CloseCode.sessionEnded, 'GATEWAY_SESSION_REQUIRED');
      return;
    }
    if (this.#operations.has(id)) {
      this.#fail(id, new AicoError('GATEWAY_FRAME_ID_TAKEN', { subject: String(id) }), topic);
      return;
    }
    if (this.#operations.size >= MAX_OPERATIONS) {
      const details = { limit: MAX_OPERATIONS };
      this.#fail(id, new AicoError('GATEWAY_SOCKET_LIMIT', { subject: 'operations of a connection', details }), topic);
      return;
    }
    const operation = new AbortController();
    this.#operations.set(id, operation);
    try {
      const data = await this.#answer(frame, operation.signal);
      this.#send({ op: 'reply', id, data });
    } catch (error) {
      log.debug('a WebSocket operation failed', { topic, code: toReport(error, topic).code });
      this.#fail(id, error, topic);
    } finally {
      this.#operations.delete(id);
      operation.abort();
    }
  }

  #answer(frame: Operation, signal: AbortSignal): Promise<unknown> {
    switch (frame.op) {
      case 'request':
        return this.#request(frame, signal);
      case 'stream':
        return this.#stream(frame, signal);
      case 'subscribe':
        return this.#subscribe(frame, signal);
    }
  }

  async #request({ topic, data }: Operation, signal: AbortSignal): Promise<unknown> {
    const payload = this.#payloadOf('request', topic, data);
    const { bus, startTrace } = this.#options;
    return bus.request(topic, payload, { signal, trace: startTrace() });
  }

  async #stream({ id, topic, data }: Operation, signal: AbortSignal): Promise<unknown> {
    const payload = this.#payloadOf('stream', topic, data);
    const { bus, startTrace } = this.#options;
    const options = { signal, timeoutMs: STREAM_SILENCE_MS, trace: startTrace() };
    const stream = bus.stream(topic, payload, options);
    for await (const chunk of stream) await this.#sendOrWait({ op: 'chunk', id, data: chunk });
    return stream.result;
  }

  /** Resolves when the subscription is cancelled. */
  async #subscribe({ id, topic: pattern }: Operation, signal: AbortSignal): Promise<unknown> {
    const topics = findEvents(pattern);
    if (topics.length === 0) throw new AicoError('GATEWAY_TOPIC_CLOSED', { subject: pattern });
    const listener = ({ topic, time, data }: Message<unknown>): void => {
      this.#send({ op: 'event', id, topic, time: time.toISOString(), data });
    };
    const ended = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await Promise.all(topics.map((topic) => this.#options.hub.listen(topic, listener, signal)));
    this.#send({ op: 'subscribed', id });
    if (!signal.aborted) await ended;
    return {};
  }

  #payloadOf(kind: 'request' | 'stream', topic: string, data: unknown): unknown {
    const contract = findAskable(kind, topic);
    if (contract === undefined) throw new AicoError('GATEWAY_TOPIC_CLOSED', { subject: topic });
    return checkPayload(contract, data ?? {}, topic);
  }

  #fail(id: number, error: unknown, subject: string): void {
    this.#send({ op: 'error', id, error: toReport(error, subject) });
  }

  #send(frame: ServerFrame): void {
    void this.#sendOrWait(frame);
  }

  /** Sends, and resolves at once while the socket keeps up, else when this frame has left. */
  async #sendOrWait(frame: ServerFrame): Promise<void> {
    const { socket } = this.#options;
    if (this.#closed) return;
    if (socket.bufferedAmount > GIVE_UP_BYTES) {
      this.close(CloseCode.tryLater, 'GATEWAY_SOCKET_LIMIT');
      return;
    }
    const sent = new Promise<void>((resolve) => socket.send(JSON.stringify(frame), resolve));
    if (socket.bufferedAmount > HIGH_WATER_BYTES) await sent;
  }
}
