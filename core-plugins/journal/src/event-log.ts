import { decodeEvent, encodeEvent, KeptEvent, type NewEvent } from './kept-event.ts';
import type { SealedLogOptions } from './log-options.ts';
import { SealedLog } from './sealed-log.ts';

/** Bytes of events that were read lately and may be asked for again. */
const CACHE_BYTES = 8 * 1024 * 1024;

/** Events in a row. */
export interface EventStretch {
  readonly events: readonly KeptEvent[];
  /** The sequence to read on from. */
  readonly next: number;
  /** Events that should be there but could not be read. */
  readonly lost: number;
}

/** The events, in the order in which they were kept. */
export class EventLog {
  readonly #log: SealedLog;
  readonly #cache = new Map<number, EventStretch>();
  #cached = 0;

  private constructor(log: SealedLog) {
    this.#log = log;
  }

  static async open(options: Omit<SealedLogOptions, 'name'>): Promise<EventLog> {
    return new EventLog(await SealedLog.open({ ...options, name: 'events' }));
  }

  get log(): SealedLog {
    return this.#log;
  }

  get first(): number {
    return this.#log.first;
  }

  get last(): number {
    return this.#log.last;
  }

  /** Resolves when the event is on the disk. @throws AicoError JOURNAL_FULL, JOURNAL_UNWRITABLE */
  async append(event: NewEvent): Promise<KeptEvent> {
    return new KeptEvent(await this.#log.append(encodeEvent(event)), event);
  }

  /** Some events from a sequence on; undefined when there are none yet. */
  async read(from: number): Promise<EventStretch | undefined> {
    const known = this.#cache.get(from);
    if (known !== undefined) return known;
    const stretch = await this.#log.read(from);
    if (stretch === undefined) return undefined;
    const events = stretch.records.map(({ number, bytes }) => decodeEvent(number, bytes));
    const lost = stretch.next - Math.max(from, this.first) - events.length;
    const read = { events, next: stretch.next, lost };
    // The end of the log grows: what was read of it is not all there will be.
    if (stretch.next <= this.#log.last) this.#remember(from, read);
    return read;
  }

  /** One event, or undefined when it is no longer there. */
  async get(sequence: number): Promise<KeptEvent | undefined> {
    if (sequence < this.first) return undefined;
    const stretch = await this.read(sequence);
    return stretch?.events.find((event) => event.sequence === sequence);
  }

  /** The first sequence from which events are not older than a time. */
  async sequenceAt(time: number): Promise<number> {
    const begun = this.#log.segments.findLast(({ madeAt }) => madeAt <= time)?.first ?? this.first;
    for (let from = begun; ; ) {
      const stretch = await this.#log.read(from);
      if (stretch === undefined) return this.last + 1;
      for (const { number, bytes } of stretch.records) if (decodeEvent(number, bytes).time >= time) return number;
      from = stretch.next;
    }
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  #remember(from: number, stretch: EventStretch): void {
    this.#cache.set(from, stretch);
    this.#cached += sizeOf(stretch);
    for (const [oldest, dropped] of this.#cache) {
      if (this.#cached <= CACHE_BYTES || oldest === from) break;
      this.#cache.delete(oldest);
      this.#cached -= sizeOf(dropped);
    }
  }
}

function sizeOf({ events }: EventStretch): number {
  return events.reduce((sum, { bytes }) => sum + bytes + 200, 0);
}
