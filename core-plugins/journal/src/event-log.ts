import type { DurableEvent } from '@aico/sdk';
import { decodeEvent, encodeEvent, encodeForgotten, KeptEvent } from './kept-event.ts';
import type { SealedLogOptions } from './log-options.ts';
import { SealedLog } from './sealed-log.ts';

/** Bytes of events that were read lately and may be asked for again. */
const CACHE_BYTES = 16 * 1024 * 1024;

/** Events in a row; a sequence between `from` and `next` that is missing is lost. */
export interface EventStretch {
  readonly from: number;
  readonly events: readonly KeptEvent[];
  /** The sequence to read on from. */
  readonly next: number;
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
  async append(event: DurableEvent): Promise<KeptEvent> {
    return new KeptEvent(await this.#log.append(encodeEvent(event)), event);
  }

  /** Events in a row around a sequence, or the first ones there are when it is gone; undefined when it is not there yet. */
  async read(sequence: number): Promise<EventStretch | undefined> {
    const known = this.#find(sequence);
    if (known !== undefined) return known;
    const stretch = await this.#log.read(sequence);
    if (stretch === undefined) return undefined;
    const events = stretch.records.map(({ number, bytes }) => decodeEvent(number, bytes));
    const read = { from: stretch.from, events, next: stretch.next };
    this.#remember(read);
    return read;
  }

  /** One event, or undefined when it is no longer there. */
  async get(sequence: number): Promise<KeptEvent | undefined> {
    if (sequence < this.first) return undefined;
    const stretch = await this.read(sequence);
    const event = stretch?.events[findEvent(stretch.events, sequence)];
    return event?.isForgotten === true ? undefined : event;
  }

  /** Takes events out for good; their numbers stay taken. Which they were. */
  async forget(isMeant: (event: KeptEvent) => boolean): Promise<number[]> {
    const forgotten: number[] = [];
    await this.#log.rewrite((number, bytes) => {
      const event = decodeEvent(number, bytes);
      if (event.isForgotten || !isMeant(event)) return undefined;
      forgotten.push(number);
      return encodeForgotten(event.time);
    });
    this.#cache.clear();
    this.#cached = 0;
    return forgotten;
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

  #find(sequence: number): EventStretch | undefined {
    for (const stretch of this.#cache.values()) {
      if (stretch.from <= sequence && sequence < stretch.next) return stretch;
    }
    return undefined;
  }

  #remember(stretch: EventStretch): void {
    // The same stretch may have been read when it was shorter.
    this.#cached -= sizeOf(this.#cache.get(stretch.from));
    this.#cache.delete(stretch.from);
    this.#cache.set(stretch.from, stretch);
    this.#cached += sizeOf(stretch);
    for (const [oldest, dropped] of this.#cache) {
      if (this.#cached <= CACHE_BYTES || oldest === stretch.from) break;
      this.#cache.delete(oldest);
      this.#cached -= sizeOf(dropped);
    }
  }
}

/** Where an event lies in a row of rising sequences; -1 when it is not there. */
function findEvent(events: readonly KeptEvent[], sequence: number): number {
  const guess = sequence - (events[0]?.sequence ?? 0);
  return events[guess]?.sequence === sequence ? guess : events.findIndex((event) => event.sequence === sequence);
}

function sizeOf(stretch: EventStretch | undefined): number {
  return stretch?.events.reduce((sum, { bytes }) => sum + bytes + 200, 0) ?? 0;
}
