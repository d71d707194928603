import { type BusEvent, keepEvent } from './bus-event.ts';

export interface QueueLimits {
  readonly queueMessages: number;
  readonly queueBytes: number;
}

const COMPACT_AT = 1_024;

/** Events that wait for one plugin, oldest first, bounded in number and bytes. */
export class EventQueue {
  readonly #limits: QueueLimits;
  readonly #onDrop: (topic: string) => void;
  #events: BusEvent[] = [];
  #head = 0;
  #bytes = 0;

  constructor(limits: QueueLimits, onDrop: (topic: string) => void) {
    this.#limits = limits;
    this.#onDrop = onDrop;
  }

  get length(): number {
    return this.#events.length - this.#head;
  }

  /** Adds an event and drops the oldest beyond the limits. @param room events that will leave at once */
  push(event: BusEvent, room: number): void {
    keepEvent(event);
    this.#events.push(event);
    this.#bytes += event.payload.length;
    const { queueMessages, queueBytes } = this.#limits;
    while (this.length - room > queueMessages || (this.#bytes > queueBytes && this.length > 1)) {
      this.#onDrop(this.shift().topic);
    }
  }

  /** Takes the oldest; there is one. */
  shift(): BusEvent {
    const event = this.#events[this.#head] as BusEvent;
    this.#head += 1;
    this.#bytes -= event.payload.length;
    if (this.#head > COMPACT_AT && this.#head * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
    return event;
  }

  /** Drops what a rule does not admit. */
  retain(admits: (topic: string) => boolean): void {
    this.#events = this.#events.slice(this.#head).filter(({ topic }) => admits(topic));
    this.#head = 0;
    this.#bytes = this.#events.reduce((sum, { payload }) => sum + payload.length, 0);
  }

  clear(): void {
    this.#events = [];
    this.#head = 0;
    this.#bytes = 0;
  }
}
