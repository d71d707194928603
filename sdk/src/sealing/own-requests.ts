import { AicoError, type ErrorReport, RecordKind } from '@aico/schemas';
import type { InRecord, OutRecord } from '../internal/record-port.ts';
import type { Timers } from '../internal/timers.ts';
import { parse } from './envelope.ts';

/** Correlations from here on are this side's own; a plugin counts up from 1. */
const FIRST = 0xf000_0000;
const COUNT = 0x0fff_ffff;
const TIMEOUT_MS = 10_000;

interface Waiting {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: AicoError) => void;
}

/** What the sealing itself asks for: keys. */
export class OwnRequests {
  readonly #send: (record: OutRecord) => void;
  readonly #timers: Timers;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor(send: (record: OutRecord) => void, timers: Timers) {
    this.#send = send;
    this.#timers = timers;
  }

  request(topic: string, data: unknown): Promise<unknown> {
    this.#last = (this.#last + 1) % COUNT;
    const correlation = FIRST + this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const stop = this.#timers.after(TIMEOUT_MS, () => {
      this.#waiting.delete(correlation);
      reject(new AicoError('KERNEL_REQUEST_TIMEOUT', { subject: topic }));
    });
    this.#waiting.set(correlation, { resolve, reject });
    this.#send({ kind: RecordKind.request, correlation, topic, payload: JSON.stringify(data) });
    return promise.finally(stop);
  }

  /** Takes a record if it answers one of these. */
  takes({ kind, correlation, header, payload }: InRecord): boolean {
    if (correlation < FIRST || (kind !== RecordKind.reply && kind !== RecordKind.error)) return false;
    // An error whose header says what it is about is not about a request.
    if (kind === RecordKind.error && header !== '') return false;
    const waiting = this.#waiting.get(correlation);
    if (waiting === undefined) return false;
    this.#waiting.delete(correlation);
    if (kind === RecordKind.reply) waiting.resolve(parse(payload));
    else waiting.reject(AicoError.fromReport(parse(payload) as ErrorReport));
    return true;
  }
}
