import { AicoError, assertFitsFrame, type ErrorReport, RecordKind } from '@aico/schemas';
import type { BusStream, RequestOptions } from '../bus.ts';
import { AskedAt } from './asked-at.ts';
import type { InRecord, RecordPort } from './record-port.ts';
import type { Timers } from './timers.ts';
import { tracedHeader } from './traced-header.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
/** Chunks that a stream's server may send ahead of its reader. */
const STREAM_CREDIT = 64;

export interface StreamOptions extends RequestOptions {
  /** Chunks that the server may send ahead of the reader; 64 when not given. */
  readonly credit?: number;
}

interface Pending {
  readonly topic: string;
  onChunk(chunk: unknown): void;
  settle(error: AicoError | undefined, reply: unknown): void;
}

interface Handlers extends Omit<Pending, 'topic'> {
  /** Whether it is the server whose time passes. */
  awaits(): boolean;
}

/** The requests and streams that a plugin has open, by correlation. */
export class Outgoing {
  readonly #port: RecordPort;
  readonly #timers: Timers;
  readonly #pending = new Map<number, Pending>();
  #last = 0;

  constructor(port: RecordPort, timers: Timers) {
    this.#port = port;
    this.#timers = timers;
  }

  request(topic: string, data: unknown, options: RequestOptions = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#open(RecordKind.request, topic, data, options, {
        onChunk: () => {},
        awaits: () => true,
        settle: (error, reply) => (error === undefined ? resolve(reply) : reject(error)),
      });
    });
  }

  stream(topic: string, data: unknown, options: StreamOptions = {}): BusStream<unknown, unknown> {
    const { credit = STREAM_CREDIT } = options;
    const chunks: unknown[] = [];
    let wake: (() => void) | undefined;
    let ended = false;
    let failure: AicoError | undefined;
    let taken = 0;
    let mayCome = credit;
    let isRead = false;
    const result = Promise.withResolvers<unknown>();
    // A reader that only iterates meets the failure there; the result alone must not crash the process.
    result.promise.catch(() => {});
    const call = this.#open(RecordKind.stream, topic, data, options, {
      onChunk: (chunk) => {
        mayCome -= 1;
        chunks.push(chunk);
        wake?.();
      },
      // A server that has sent what it may waits for its reader, who may take their time; without one it waits in vain.
      awaits: () => mayCome > 0 || !isRead,
      settle: (error, reply) => {
        ended = true;
        failure = error;
        if (error === undefined) result.resolve(reply);
        else result.reject(error);
        wake?.();
      },
    });
    const port = this.#port;
    async function* iterate(): AsyncGenerator<unknown> {
      isRead = true;
      call.watch();
      try {
        for (;;) {
          while (chunks.length > 0) {
            yield chunks.shift();
            taken += 1;
            if (taken * 2 >= credit) {
              port.send({ kind: RecordKind.credit, correlation: call.correlation, sequence: taken, topic });
              mayCome += taken;
              taken = 0;
              call.watch();
            }
          }
          if (failure !== undefined) throw failure;
          if (ended) return;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = undefined;
        }
      } finally {
        call.cancel();
      }
    }
    return { result: result.promise, cancel: call.cancel, [Symbol.asyncIterator]: iterate };
  }

  /** Takes a reply, chunk or error from the kernel. Answers to what was given up are dropped. */
  receive(record: InRecord): void {
    const pending = this.#pending.get(record.correlation);
    if (pending === undefined) return;
    if (record.kind === RecordKind.chunk) {
      pending.onChunk(JSON.parse(record.payload));
      return;
    }
    if (record.kind === RecordKind.error) {
      pending.settle(AicoError.fromReport(JSON.parse(record.payload) as ErrorReport), undefined);
    } else {
      pending.settle(undefined, JSON.parse(record.payload));
    }
  }

  /** Fails everything open, when the plugin ends. */
  close(subject: string): void {
    for (const pending of [...this.#pending.values()]) {
      pending.settle(new AicoError('KERNEL_DISPOSED', { subject }), undefined);
    }
  }

  #open(
    kind: typeof RecordKind.request | typeof RecordKind.stream,
    topic: string,
    data: unknown,
    options: StreamOptions,
    handlers: Handlers,
  ): { readonly correlation: number; readonly cancel: () => void; readonly watch: () => void } {
    this.#last = (this.#last % 0xffff_ffff) + 1;
    const correlation = this.#last;
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const askedAt = new AskedAt();
    let stopTimer = (): void => {};
    const settle = (error: AicoError | undefined, reply: unknown): void => {
      if (!this.#pending.delete(correlation)) return;
      stopTimer();
      options.signal?.removeEventListener('abort', cancel);
      if (error !== undefined) askedAt.mark(error);
      handlers.settle(error, reply);
    };
    const giveUp = (code: 'KERNEL_CANCELLED' | 'KERNEL_REQUEST_TIMEOUT'): void => {
      if (!this.#pending.has(correlation)) return;
      this.#port.send({ kind: RecordKind.cancel, correlation, topic });
      settle(new AicoError(code, { subject: topic }), undefined);
    };
    const cancel = (): void => giveUp('KERNEL_CANCELLED');
    const watch = (): void => {
      stopTimer();
      if (!Number.isFinite(timeoutMs) || !this.#pending.has(correlation) || !handlers.awaits()) return;
      stopTimer = this.#timers.after(timeoutMs, () => giveUp('KERNEL_REQUEST_TIMEOUT'));
    };
    this.#pending.set(correlation, {
      topic,
      onChunk: (chunk) => {
        handlers.onChunk(chunk);
        watch();
      },
      settle,
    });
    if (options.signal?.aborted) {
      settle(new AicoError('KERNEL_CANCELLED', { subject: topic }), undefined);
      return { correlation, cancel, watch };
    }
    try {
      assertFitsFrame(topic);
    } catch (error) {
      settle(error as AicoError, undefined);
      return { correlation, cancel, watch };
    }
    options.signal?.addEventListener('abort', cancel, { once: true });
    watch();
    const payload = JSON.stringify(data ?? {});
    const sequence = kind === RecordKind.stream ? (options.credit ?? STREAM_CREDIT) : 0;
    this.#port.send({ kind, correlation, sequence, topic, payload, ...tracedHeader(options.trace) });
    return { correlation, cancel, watch };
  }
}
