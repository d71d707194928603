import type { Delivery } from '@aico/sdk';
import type { Entry } from './entry.ts';
import type { KeptEvent } from './kept-event.ts';
import { Queue } from './queue.ts';

export interface MemberOptions {
  readonly incarnation: string;
  /** Events that it may have unsettled. */
  readonly maxInFlight: number;
  readonly write: (delivery: Delivery) => Promise<void>;
  /** Its stream takes nothing more, or what it should get cannot be read. */
  readonly onFailure: (error: unknown) => void;
}

/** Reads an event that is only on the disk. */
type Load = (entry: Entry) => Promise<KeptEvent | undefined>;

/** One consumer of a group, at the end of its stream. */
export class Member {
  readonly incarnation: string;
  readonly inFlight: Set<Entry> = new Set();
  /** Holds an event that others went down with: it gets nothing else until that is settled. */
  alone = false;
  readonly #options: MemberOptions;
  readonly #load: Load;
  readonly #outgoing = new Queue<Entry>();
  #writing = false;

  constructor(options: MemberOptions, load: Load) {
    this.incarnation = options.incarnation;
    this.#options = options;
    this.#load = load;
  }

  get hasRoom(): boolean {
    return !this.alone && this.inFlight.size < this.#options.maxInFlight;
  }

  send(entry: Entry): void {
    entry.state = 'inFlight';
    entry.member = this;
    this.inFlight.add(entry);
    this.#outgoing.push(entry);
    if (!this.#writing) void this.#drain();
  }

  release(entry: Entry): void {
    this.inFlight.delete(entry);
    entry.member = undefined;
    this.alone = false;
  }

  /** One after the other, so that what must be read from the disk does not fall behind what need not. */
  async #drain(): Promise<void> {
    this.#writing = true;
    try {
      for (let next = this.#outgoing.shift(); next !== undefined; next = this.#outgoing.shift()) {
        const event = next.event ?? (await this.#load(next));
        if (event !== undefined && next.member === this) await this.#options.write(deliveryOf(event, next));
      }
      this.#writing = false;
    } catch (error) {
      this.#options.onFailure(error);
    }
  }
}

function deliveryOf(event: KeptEvent, { key, attempts }: Entry): Delivery {
  const { sequence, topic, sender, incarnation, traceparent, data } = event;
  const time = new Date(event.time).toISOString();
  const delivery: Delivery = { sequence, topic, time, sender, incarnation, attempt: attempts + 1, data };
  if (key !== undefined) delivery.key = key.slice(topic.length + 1, topic.length + 201);
  if (traceparent !== undefined) delivery.traceparent = traceparent;
  return delivery;
}
