import { Buffer } from 'node:buffer';
import type { BusEvent } from './bus-event.ts';

export interface QueueLimits {
  readonly queueMessages: number;
  readonly queueBytes: number;
}

/** One of them, beyond which something was dropped. */
export type QueueLimit = keyof QueueLimits;

const COMPACT_AT = 1_024;
/** Payloads are kept in slabs of this size; one that would fill a quarter of it has a place of its own. */
const SLAB_BYTES = 64 * 1024;

/** Events that wait for one plugin, oldest first, bounded in number and bytes. */
export class EventQueue {
  #limits: QueueLimits;
  readonly #onDrop: (topic: string, exceeded: QueueLimit) => void;
  #events: (BusEvent | undefined)[] = [];
  #head = 0;
  #bytes = 0;
  #slab: Buffer = Buffer.alloc(0);
  #slabUsed = 0;

  constructor(limits: QueueLimits, onDrop: (topic: string, exceeded: QueueLimit) => void) {
    this.#limits = limits;
    this.#onDrop = onDrop;
  }

  /** Bounds it otherwise, from the next event on. */
  limit(limits: QueueLimits): void {
    this.#limits = limits;
  }

  get length(): number {
    return this.#events.length - this.#head;
  }

  /** Adds an event and drops the oldest beyond the limits. @param room events that will leave at once */
  push(event: BusEvent, room: number): void {
    this.#events.push(this.#keep(event));
    this.#bytes += event.end - event.start;
    const { queueMessages, queueBytes } = this.#limits;
    for (;;) {
      const tooMany = this.length - room > queueMessages;
      if (!tooMany && (this.#bytes <= queueBytes || this.length <= 1)) return;
      this.#onDrop(this.shift().topic, tooMany ? 'queueMessages' : 'queueBytes');
    }
  }

  /** Takes the oldest; there is one. */
  shift(): BusEvent {
    const event = this.#events[this.#head] as BusEvent;
    // What has left must not be held by the place that it had.
    this.#events[this.#head] = undefined;
    this.#head += 1;
    this.#bytes -= event.end - event.start;
    if (this.#head > COMPACT_AT && this.#head * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
    return event;
  }

  /** Takes everything, oldest first. */
  takeAll(): readonly BusEvent[] {
    const events = this.#waiting();
    this.clear();
    return events;
  }

  /** Drops what a rule does not admit. */
  retain(admits: (topic: string) => boolean): void {
    const kept = this.#waiting().filter(({ topic }) => admits(topic));
    this.#events = kept;
    this.#head = 0;
    this.#bytes = kept.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  #waiting(): BusEvent[] {
    return this.#events.slice(this.#head) as BusEvent[];
  }

  /** Copies an event out of the frame that it came in, so that one event does not hold on to a whole frame. */
  #keep(event: BusEvent): BusEvent {
    const length = event.end - event.start;
    if (length > SLAB_BYTES / 4) return { ...event, bytes: copyOf(event), start: 0, end: length };
    if (this.#slabUsed + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#slabUsed = 0;
    }
    const start = this.#slabUsed;
    this.#slab.set(event.bytes.subarray(event.start, event.end), start);
    this.#slabUsed += length;
    const { topic, header, sequence, time } = event;
    return { topic, header, sequence, time, bytes: this.#slab, start, end: start + length };
  }

  clear(): void {
    this.#events = [];
    this.#head = 0;
    this.#bytes = 0;
    this.#slab = Buffer.alloc(0);
  }
}

function copyOf({ bytes, start, end }: BusEvent): Uint8Array {
  return Buffer.from(bytes.subarray(start, end));
}
