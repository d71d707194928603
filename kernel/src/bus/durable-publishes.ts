import { AicoError, isAicoError, RecordKind, validators } from '@aico/schemas';
import type { WireRecord } from '@aico/schemas/wire';
import { parsePayload } from './contract-table.ts';
import type { Passed } from './gates.ts';
import type { Peer } from './peer.ts';
import type { Registrations } from './registrations.ts';

/** Correlations of appends have the highest bit set; those of requests do not. */
const APPEND_BIT = 0x8000_0000;
/** Durable events that one publisher may have on their way to the disk. */
const UNKEPT_LIMIT = 8_192;

interface Append {
  readonly carrier: Peer;
  readonly publisher: Peer;
  readonly correlation: number;
  readonly topic: string;
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
  readonly time: number;
}

export interface DurablePublishesOptions {
  /** The topic whose server keeps durable events, as the contracts say; undefined when none does. */
  readonly carrierTopic: string | undefined;
  readonly registrations: Registrations;
  readonly nextSequence: () => number;
  /** The event is on the disk: live subscribers may see it. */
  readonly onKept: (topic: string, header: Uint8Array, payload: Uint8Array, time: number) => void;
  readonly onViolation: (peer: Peer, verb: string, topic: string, error: AicoError) => void;
}

/**
 * Publishes of durable topics: handed to whoever serves the carrier's topic, with the publisher's stamp and untouched
 * payload. The publisher learns at once that its event is held, and later that it is kept.
 */
export class DurablePublishes {
  readonly #options: DurablePublishesOptions;
  readonly #appends = new Map<number, Append>();
  readonly #open = new Map<Peer, number>();
  /** Payload bytes that each carrier was handed and has not kept. */
  readonly #unkeptBytes = new Map<Peer, number>();
  #last = 0;

  constructor(options: DurablePublishesOptions) {
    this.#options = options;
  }

  /** Whether an answer's correlation is that of an append. */
  static isAppend(correlation: number): boolean {
    return correlation >= APPEND_BIT;
  }

  /** Hands a checked event to the carrier. @throws AicoError KERNEL_NO_SERVER, KERNEL_SERVER_BUSY, KERNEL_REQUEST_LIMIT */
  append(publisher: Peer, record: WireRecord, { topic, constraints, traceparent }: Passed, time: number): void {
    const { carrierTopic, registrations } = this.#options;
    const carrier = carrierTopic === undefined ? undefined : registrations.server(carrierTopic);
    if (carrier === undefined || carrierTopic === undefined)
      throw new AicoError('KERNEL_NO_SERVER', { subject: topic });
    const open = this.#open.get(publisher) ?? 0;
    if (open >= UNKEPT_LIMIT) {
      throw new AicoError('KERNEL_REQUEST_LIMIT', { subject: publisher.id, details: { limit: UNKEPT_LIMIT } });
    }
    const { correlation, payload } = record;
    const unkeptBytes = this.#unkeptBytes.get(carrier) ?? 0;
    carrier.assertRoom(topic, unkeptBytes, payload.length);
    this.#open.set(publisher, open + 1);
    this.#unkeptBytes.set(carrier, unkeptBytes + payload.length);
    const id = this.#nextId();
    const header = publisher.stamp(constraints, traceparent);
    this.#appends.set(id, { carrier, publisher, correlation, topic, header, payload, time });
    publisher.confirm('held', correlation);
    carrier.traffic.received += 1;
    const sequence = this.#options.nextSequence();
    // The carrier's record bears the event's own topic: that is how it learns what it keeps.
    const fields = { kind: RecordKind.append, correlation: id, sequence, time, topic, header, payload };
    carrier.outbox.pushControl(fields);
  }

  /** Takes the carrier's answer. */
  answer(carrier: Peer, record: WireRecord): void {
    const append = this.#appends.get(record.correlation);
    if (append === undefined || append.carrier !== carrier) {
      if (append === undefined) return;
      const error = new AicoError('KERNEL_REPLY_UNEXPECTED', { subject: carrier.id });
      this.#options.onViolation(carrier, 'reply', append.topic, error);
      return;
    }
    this.#close(record.correlation, append);
    const { publisher, correlation, topic, header, payload, time } = append;
    if (record.kind === RecordKind.reply) {
      publisher.confirm('kept', correlation);
      this.#options.onKept(topic, header, payload, time);
      return;
    }
    publisher.refuse(this.#failureOf(carrier, record, topic), 'publish', correlation, topic);
  }

  /**
   * A peer is gone. Publishers learn that what the carrier held may be lost; what the peer itself published goes on its way to
   * the disk and to its subscribers, who know nothing of its end.
   */
  detach(peer: Peer): void {
    for (const [id, append] of [...this.#appends]) {
      if (append.carrier !== peer) continue;
      this.#close(id, append);
      const { publisher, correlation, topic } = append;
      publisher.refuse(new AicoError('KERNEL_SERVER_GONE', { subject: topic }), 'publish', correlation, topic);
    }
  }

  #failureOf(carrier: Peer, record: WireRecord, topic: string): AicoError {
    try {
      return AicoError.fromReport(parsePayload(validators['control#ErrorReport'], topic, record.payload));
    } catch (error) {
      if (!isAicoError(error)) throw error;
      this.#options.onViolation(carrier, 'reply', topic, error);
      return new AicoError('KERNEL_REPLY_INVALID', { subject: carrier.id, details: { topic } });
    }
  }

  #close(id: number, { carrier, publisher, payload }: Append): void {
    this.#appends.delete(id);
    const leftBytes = (this.#unkeptBytes.get(carrier) ?? 0) - payload.length;
    if (leftBytes > 0) this.#unkeptBytes.set(carrier, leftBytes);
    else this.#unkeptBytes.delete(carrier);
    const left = (this.#open.get(publisher) ?? 1) - 1;
    if (left === 0) this.#open.delete(publisher);
    else this.#open.set(publisher, left);
  }

  #nextId(): number {
    do this.#last = (this.#last + 1) & 0x7fff_ffff;
    while (this.#appends.has(this.#last + APPEND_BIT));
    return this.#last + APPEND_BIT;
  }
}
