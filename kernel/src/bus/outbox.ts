import { encodeFrame } from '@aico/schemas/wire';
import type { Link } from '../contracts/link.ts';

const FRAME_BYTES = 256 * 1024;
/** Events that may be on their way to a plugin before it has consumed them. */
const WINDOW_MESSAGES = 4_096;

interface Entry {
  readonly record: Uint8Array;
  readonly topic: string;
}

export interface OutboxLimits {
  readonly queueMessages: number;
  readonly queueBytes: number;
}

/**
 * What waits for one plugin. Answers and control go first and are bounded by the requests that caused them; events wait
 * for the plugin's window and, past the limits, the oldest is dropped and counted: a slow plugin never grows the kernel.
 */
export class Outbox {
  readonly #link: Link;
  readonly #limits: OutboxLimits;
  readonly #onDrop: (topic: string) => void;
  readonly #onFailure: (error: unknown) => void;
  #control: Uint8Array[] = [];
  #events: Entry[] = [];
  #head = 0;
  #eventBytes = 0;
  #inFlight = 0;
  #pumping = false;
  #closed = false;

  constructor(link: Link, limits: OutboxLimits, onDrop: (topic: string) => void, onFailure: (error: unknown) => void) {
    this.#link = link;
    this.#limits = limits;
    this.#onDrop = onDrop;
    this.#onFailure = onFailure;
  }

  /** Events that wait. */
  get depth(): number {
    return this.#events.length - this.#head;
  }

  pushControl(record: Uint8Array): void {
    if (this.#closed) return;
    this.#control.push(record);
    this.#schedule();
  }

  pushEvent(record: Uint8Array, topic: string): void {
    if (this.#closed) return;
    this.#events.push({ record, topic });
    this.#eventBytes += record.length;
    // What the window has room for goes out in a moment: only what is beyond it waits.
    const room = WINDOW_MESSAGES - this.#inFlight;
    const tooMany = (): boolean => this.depth - room > this.#limits.queueMessages;
    const tooLarge = (): boolean => this.#eventBytes > this.#limits.queueBytes && this.depth > 1;
    while (tooMany() || tooLarge()) {
      this.#onDrop(this.#shift().topic);
    }
    this.#schedule();
  }

  /** The plugin consumed events: as many more may go. A lie only harms its teller. */
  consumed(count: number): void {
    this.#inFlight = Math.max(0, this.#inFlight - count);
    this.#schedule();
  }

  /** Drops waiting events that a rule no longer admits. */
  retain(admits: (topic: string) => boolean): void {
    const kept = this.#events.slice(this.#head).filter((entry) => admits(entry.topic));
    this.#events = kept;
    this.#head = 0;
    this.#eventBytes = kept.reduce((sum, entry) => sum + entry.record.length, 0);
  }

  close(): void {
    this.#closed = true;
    this.#control = [];
    this.#events = [];
    this.#head = 0;
  }

  #shift(): Entry {
    const entry = this.#events[this.#head] as Entry;
    this.#head += 1;
    this.#eventBytes -= entry.record.length;
    if (this.#head > 1024 && this.#head * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  #take(): Uint8Array[] {
    const batch: Uint8Array[] = [];
    let bytes = 0;
    let control = 0;
    for (; control < this.#control.length && bytes < FRAME_BYTES; control++) {
      const record = this.#control[control] as Uint8Array;
      batch.push(record);
      bytes += record.length;
    }
    this.#control = control === this.#control.length ? [] : this.#control.slice(control);
    while (this.depth > 0 && bytes < FRAME_BYTES && this.#inFlight < WINDOW_MESSAGES) {
      const { record } = this.#shift();
      batch.push(record);
      bytes += record.length;
      this.#inFlight += 1;
    }
    return batch;
  }

  #schedule(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    // A microtask later everything that one incoming frame caused is here: it goes out as one frame.
    queueMicrotask(() => void this.#pump());
  }

  async #pump(): Promise<void> {
    try {
      for (let batch = this.#take(); batch.length > 0 && !this.#closed; batch = this.#take()) {
        await this.#link.send(encodeFrame(batch));
      }
    } catch (error) {
      if (!this.#closed) this.#onFailure(error);
    } finally {
      this.#pumping = false;
    }
  }
}
