import type { DurableEvent } from '@aico/sdk';
import { eventKey } from './event-key.ts';

/** An event of the journal. */
export class KeptEvent {
  readonly sequence: number;
  readonly topic: string;
  readonly time: number;
  readonly sender: string;
  readonly incarnation: string;
  readonly traceparent: string | undefined;
  readonly bytes: number;
  #payload: string | undefined;
  #data: unknown;

  constructor(sequence: number, { topic, time, sender, incarnation, payload, traceparent }: DurableEvent) {
    this.sequence = sequence;
    this.topic = topic;
    this.time = time;
    this.sender = sender;
    this.incarnation = incarnation;
    this.traceparent = traceparent;
    this.bytes = payload.length;
    this.#payload = payload;
  }

  /** What it says; read when it is first asked for. */
  get data(): unknown {
    if (this.#payload !== undefined) {
      this.#data = JSON.parse(this.#payload);
      this.#payload = undefined;
    }
    return this.#data;
  }

  get isForgotten(): boolean {
    return this.topic === '';
  }

  /** Whether it speaks of one of these ids; of what is sealed nobody here can tell. */
  mentions(ids: readonly string[]): boolean | 'sealed' {
    const { data } = this;
    if (isSealed(data)) return 'sealed';
    const text = JSON.stringify(data) ?? '';
    return ids.some((id) => text.includes(id));
  }

  get key(): string | undefined {
    return eventKey(this.topic, this.data);
  }
}

/** What lies in the place of an event that was forgotten: its number stays taken, and nothing else is left than its time. */
export function encodeForgotten(time: number): Buffer {
  return encodeEvent({ topic: '', time, sender: '', incarnation: '', payload: 'null' });
}

/** The bytes of an event: time, then sender, incarnation, topic, trace and payload, each but the last with its length. */
export function encodeEvent({ topic, time, sender, incarnation, payload, traceparent = '' }: DurableEvent): Buffer {
  const texts = [sender, incarnation, topic, traceparent];
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const bytes = Buffer.allocUnsafe(
    8 + 2 * texts.length + lengths.reduce((sum, length) => sum + length, 0) + Buffer.byteLength(payload),
  );
  let at = bytes.writeDoubleBE(time, 0);
  texts.forEach((text, index) => {
    at = bytes.writeUInt16BE(lengths[index] ?? 0, at);
    at += bytes.write(text, at);
  });
  bytes.write(payload, at);
  return bytes;
}

function isSealed(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'sealed' in data && 'box' in data;
}

export function decodeEvent(sequence: number, bytes: Buffer): KeptEvent {
  let at = 8;
  const text = (): string => {
    const end = at + 2 + bytes.readUInt16BE(at);
    const read = bytes.toString('utf8', at + 2, end);
    at = end;
    return read;
  };
  const [sender, incarnation, topic, traceparent] = [text(), text(), text(), text()];
  const event = { topic, time: bytes.readDoubleBE(0), sender, incarnation, payload: bytes.toString('utf8', at) };
  return new KeptEvent(sequence, traceparent === '' ? event : { ...event, traceparent });
}
