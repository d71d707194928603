import { AicoError, type DeliveryHeader, isAicoError, RecordKind } from '@aico/schemas';
import type { DurableEvent, Request, StreamWriter } from '../bus.ts';
import { ReceivedRequest } from './message.ts';
import type { InRecord, RecordPort } from './record-port.ts';

export type KeepHandler = (event: DurableEvent) => Promise<unknown>;
export type ServeHandler = (request: Request<unknown>, stream: StreamWriter<unknown>) => unknown;

interface Running {
  readonly abort: AbortController;
  grant(credit: number): void;
}

/** The requests that a plugin is answering, by the kernel's correlation. */
export class Incoming {
  readonly #port: RecordPort;
  readonly #handlers = new Map<string, ServeHandler>();
  readonly #running = new Map<number, Running>();
  readonly #onFailure: (topic: string, error: unknown) => void;
  #keep: KeepHandler | undefined;
  #onIdle: (() => void) | undefined;

  /** @param onFailure told of what a handler threw that is not an AicoError; the asker never sees it */
  constructor(port: RecordPort, onFailure: (topic: string, error: unknown) => void) {
    this.#port = port;
    this.#onFailure = onFailure;
  }

  /** What is served. */
  get topics(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  add(topic: string, handler: ServeHandler): () => void {
    this.#handlers.set(topic, handler);
    return () => {
      if (this.#handlers.get(topic) === handler) this.#handlers.delete(topic);
    };
  }

  /** Names who keeps durable events. */
  keepWith(handler: KeepHandler): () => void {
    this.#keep = handler;
    return () => {
      this.#keep = undefined;
    };
  }

  /** Answers one durable event when it is kept; its payload stays text. */
  async keep(record: InRecord, plugin: string): Promise<void> {
    const { correlation, topic, time, payload } = record;
    try {
      if (this.#keep === undefined) throw new AicoError('KERNEL_NO_SERVER', { subject: topic });
      const { sender, incarnation, traceparent } = JSON.parse(record.header) as DeliveryHeader;
      const traced = traceparent === undefined ? undefined : { traceparent };
      const reply = await this.#keep({ topic, time, sender, incarnation, payload, ...traced });
      this.#port.send({ kind: RecordKind.reply, correlation, topic, payload: JSON.stringify(reply) });
    } catch (error) {
      this.#fail(record, plugin, error);
    }
  }

  /** Answers one request; its failure goes to the asker as a typed error. */
  async answer(record: InRecord, plugin: string): Promise<void> {
    const { correlation, topic } = record;
    const abort = new AbortController();
    const writer = new CreditedWriter(this.#port, record, abort.signal);
    this.#running.set(correlation, { abort, grant: (credit) => writer.grant(credit) });
    try {
      const handler = this.#handlers.get(topic);
      if (handler === undefined) throw new AicoError('KERNEL_NO_SERVER', { subject: topic });
      const reply = await handler(new ReceivedRequest(record, abort.signal), writer);
      if (!abort.signal.aborted) {
        this.#port.send({ kind: RecordKind.reply, correlation, topic, payload: JSON.stringify(reply ?? {}) });
      }
    } catch (error) {
      if (!abort.signal.aborted) this.#fail(record, plugin, error);
    } finally {
      writer.close();
      this.#running.delete(correlation);
      if (this.#running.size === 0) this.#onIdle?.();
    }
  }

  /** Resolves when every request that came was answered. */
  idle(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }

  /** The asker learns a typed error; what else was thrown stays with the plugin. */
  #fail({ correlation, topic }: InRecord, plugin: string, error: unknown): void {
    if (!isAicoError(error)) this.#onFailure(topic, error);
    const typed = isAicoError(error) ? error : new AicoError('SDK_HANDLER_FAILED', { subject: plugin });
    this.#port.send({ kind: RecordKind.error, correlation, topic, payload: JSON.stringify(typed.toReport()) });
  }

  cancel(correlation: number): void {
    this.#running.get(correlation)?.abort.abort();
  }

  grant(correlation: number, credit: number): void {
    this.#running.get(correlation)?.grant(credit);
  }

  close(): void {
    for (const running of this.#running.values()) running.abort.abort();
  }
}

/** Writes chunks as far as the reader's credit goes; then waits. */
class CreditedWriter implements StreamWriter<unknown> {
  readonly #port: RecordPort;
  readonly #record: InRecord;
  readonly #signal: AbortSignal;
  #credit: number;
  #closed = false;
  #waiting: (() => void)[] = [];

  constructor(port: RecordPort, record: InRecord, signal: AbortSignal) {
    this.#port = port;
    this.#record = record;
    this.#signal = signal;
    this.#credit = record.kind === RecordKind.stream ? Number(JSON.parse(record.header || '{}').credit ?? 0) : 0;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  async write(chunk: unknown): Promise<void> {
    while (this.#credit === 0 && !this.#over()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const { correlation, topic } = this.#record;
    if (this.#over()) throw new AicoError('SDK_STREAM_CLOSED', { subject: topic });
    this.#credit -= 1;
    this.#port.send({ kind: RecordKind.chunk, correlation, topic, payload: JSON.stringify(chunk) });
  }

  grant(credit: number): void {
    this.#credit += credit;
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #over(): boolean {
    return this.#closed || this.#signal.aborted;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
