import type { Entry } from './entry.ts';
import type { KeptEvent } from './kept-event.ts';
import { Queue } from './queue.ts';

/** Entries whose events are looked at but not settled; more stay on the disk. */
const MOST_ENTRIES = 16_384;
/** Bytes of their events that are held in memory. */
const MOST_BYTES = 8 * 1024 * 1024;

/** The events that a group knows and has not settled: which may go next, and which must wait for another of their key. */
export class Window {
  readonly #entries = new Map<number, Entry>();
  readonly #keys = new Map<string, Queue<Entry>>();
  readonly #ready = new Queue<Entry>();
  /** Events that come again go before new ones. */
  readonly #again = new Queue<Entry>();
  #bytes = 0;

  get size(): number {
    return this.#entries.size;
  }

  get hasRoom(): boolean {
    return this.#entries.size < MOST_ENTRIES;
  }

  /** Whether it is time to read more from the disk: not for every single one that goes. */
  get isLow(): boolean {
    return this.#entries.size < MOST_ENTRIES / 2;
  }

  get(sequence: number): Entry | undefined {
    return this.#entries.get(sequence);
  }

  entries(): IterableIterator<Entry> {
    return this.#entries.values();
  }

  /** Takes an event in. */
  add(event: KeptEvent, attempts: number): void {
    const { sequence, topic, time, sender, key, bytes } = event;
    const entry: Entry = {
      ...{ sequence, topic, time, sender, key, bytes, attempts },
      ...{ event: undefined, falls: 0, state: 'waiting', member: undefined, endRest: undefined },
    };
    this.#hold(entry, event);
    this.#entries.set(sequence, entry);
    if (key === undefined) {
      this.#enqueue(entry, this.#ready);
      return;
    }
    const sameKey = this.#keys.get(key);
    if (sameKey !== undefined) {
      sameKey.push(entry);
      return;
    }
    this.#keys.set(key, new Queue());
    this.#enqueue(entry, this.#ready);
  }

  /** Keeps an entry's event in memory if there is room. */
  #hold(entry: Entry, event: KeptEvent): void {
    if (entry.event !== undefined || this.#bytes + entry.bytes > MOST_BYTES) return;
    entry.event = event;
    this.#bytes += entry.bytes;
  }

  /** Says that an entry may be tried again. */
  retry(entry: Entry): void {
    entry.endRest = undefined;
    if (entry.state !== 'settled') this.#enqueue(entry, this.#again);
  }

  /** The next entry to hand out; it stays until it is settled. */
  next(): Entry | undefined {
    for (const queue of [this.#again, this.#ready]) {
      for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
        if (entry.state === 'ready') return entry;
      }
    }
    return undefined;
  }

  /** Takes an entry out; the next one of its key may go. */
  settle(entry: Entry): void {
    this.#entries.delete(entry.sequence);
    if (entry.event !== undefined) this.#bytes -= entry.bytes;
    entry.endRest?.();
    entry.endRest = undefined;
    const waited = entry.state === 'waiting';
    entry.state = 'settled';
    // One that only waited leaves the place to the one before it.
    if (entry.key === undefined || waited) return;
    const sameKey = this.#keys.get(entry.key);
    for (let following = sameKey?.shift(); following !== undefined; following = sameKey?.shift()) {
      if (following.state !== 'waiting') continue;
      this.#enqueue(following, this.#ready);
      return;
    }
    this.#keys.delete(entry.key);
  }

  #enqueue(entry: Entry, queue: Queue<Entry>): void {
    entry.state = 'ready';
    queue.push(entry);
  }
}
