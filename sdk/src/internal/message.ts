import type { DeliveryHeader } from '@aico/schemas';
import type { Message, Request } from '../bus.ts';
import type { InRecord } from './record-port.ts';

const NO_GRANT: Readonly<Record<string, unknown>> = Object.freeze({});
let lastHeader: { readonly text: string; readonly parsed: DeliveryHeader } | undefined;

/** A delivered record as a message. What handlers seldom ask for is worked out when they do. */
export class ReceivedMessage implements Message<unknown> {
  readonly topic: string;
  readonly sender: string;
  readonly incarnation: string;
  readonly grant: Readonly<Record<string, unknown>>;
  readonly data: unknown;
  declare readonly traceparent?: string;
  declare readonly quota?: Readonly<Record<string, number>>;
  readonly #sequence: number;
  readonly #time: number;

  constructor(record: InRecord) {
    const { sender, incarnation, grant, quota, traceparent } = headerOf(record.header);
    this.topic = record.topic;
    this.sender = sender;
    this.incarnation = incarnation;
    this.grant = grant ?? NO_GRANT;
    this.data = JSON.parse(record.payload);
    if (quota !== undefined) this.quota = quota;
    if (traceparent !== undefined) this.traceparent = traceparent;
    this.#sequence = record.sequence;
    this.#time = record.time;
  }

  get id(): string {
    return `${this.incarnation}/${this.#sequence}`;
  }

  get time(): Date {
    return new Date(this.#time);
  }
}

/** A request as its server sees it. */
export class ReceivedRequest extends ReceivedMessage implements Request<unknown> {
  readonly signal: AbortSignal;

  constructor(record: InRecord, signal: AbortSignal) {
    super(record);
    this.signal = signal;
  }
}

/** The kernel stamps the messages of one sender alike: most headers are the one before. */
function headerOf(text: string): DeliveryHeader {
  if (lastHeader?.text !== text) lastHeader = { text, parsed: JSON.parse(text) as DeliveryHeader };
  return lastHeader.parsed;
}
