import { RecordKind } from '@aico/schemas';
import { FrameReader, FrameWriter, type RecordFields } from '@aico/schemas/wire';
import type { Link } from '../contracts/link.ts';
import type { BusEvent } from './bus-event.ts';
import { EventQueue, type QueueLimit, type QueueLimits } from './event-queue.ts';

/** What fits with its seal into one read of a socket. */
const FRAME_BYTES = 60 * 1024;
/** Events that may be on their way to a plugin before it has consumed them. */
const WINDOW_MESSAGES = 16_384;
const WINDOW_BYTES = 16 * 1024 * 1024;
/** Answers and control that may wait for a plugin; one that reads so little for so long reads nothing. */
const UNREAD_BYTES = 128 * 1024 * 1024;
/** Kinds of records that ask something of a plugin; everything else answers what it asked itself. */
const NEW_WORK: ReadonlySet<number> = new Set([RecordKind.request, RecordKind.stream]);

export interface OutboxOptions {
  readonly link: Link;
  readonly limits: QueueLimits;
  readonly onDrop: (topic: string, exceeded: QueueLimit) => void;
  readonly onFailure: (error: unknown) => void;
  /** More waits for the plugin than may wait: it does not read. */
  readonly onUnread: () => void;
}

/**
 * What is on its way to one plugin. Answers and control never wait for the window; when too many are not read, the plugin is
 * given up. Events wait for the plugin's window and, past the limits, the oldest is dropped and counted: a slow plugin never grows
 * the kernel.
 */
export class Outbox {
  readonly #link: Link;
  readonly #onFailure: (error: unknown) => void;
  readonly #onUnread: () => void;
  readonly #queue: EventQueue;
  /** The frame that goes out next; full ones go before it. */
  readonly #writer = new FrameWriter();
  #full: Uint8Array[] = [];
  #fullBytes = 0;
  /** Requests that wait for whoever will answer them; undefined while nothing is held. */
  #held: RecordFields[] | undefined;
  #heldBytes = 0;
  #onHeld: () => void = () => {};
  /** Nobody is at the other end: what answers is for nobody. */
  #asleep = false;
  #inFlight = 0;
  #inFlightBytes = 0;
  #pumping = false;
  #closed = false;

  constructor({ link, limits, onDrop, onFailure, onUnread }: OutboxOptions) {
    this.#link = link;
    this.#onFailure = onFailure;
    this.#onUnread = onUnread;
    this.#queue = new EventQueue(limits, onDrop);
  }

  /** Bounds what waits otherwise. */
  limit(limits: QueueLimits): void {
    this.#queue.limit(limits);
  }

  /** Events that wait. */
  get depth(): number {
    return this.#queue.length;
  }

  /** Whether nothing waits and everything that went out was consumed. */
  get isEmpty(): boolean {
    return this.#queue.length === 0 && this.#inFlight === 0 && this.backlogBytes === 0;
  }

  /** Bytes that are written down for the plugin and not yet with its socket. */
  get backlogBytes(): number {
    return this.#fullBytes + this.#writer.bytes + this.#heldBytes;
  }

  pushControl(fields: RecordFields): void {
    if (this.#closed) return;
    if (this.#held !== undefined && NEW_WORK.has(fields.kind)) {
      this.#held.push(fields);
      this.#heldBytes += fields.payload?.length ?? 0;
      this.#onHeld();
      return;
    }
    if (this.#asleep) return;
    if (this.#writer.bytes >= FRAME_BYTES) this.#fill();
    this.#writer.add(fields);
    if (this.backlogBytes > UNREAD_BYTES) this.#giveUp();
    else this.#schedule();
  }

  pushEvent(event: BusEvent): void {
    if (this.#closed) return;
    if (this.#held !== undefined) {
      this.#queue.push(event, 0);
      this.#onHeld();
    } else if (this.#queue.length === 0 && this.#hasRoom()) this.#write(event);
    // What the window has room for goes out in a moment: only what is beyond it counts as waiting.
    else this.#queue.push(event, this.#room());
    this.#schedule();
  }

  /** The plugin consumed events: as many more may go. A lie only harms its teller. */
  consumed(count: number): void {
    // Only their number is told: on average each weighed as much as any other.
    const left = Math.max(0, this.#inFlight - count);
    this.#inFlightBytes = left === 0 ? 0 : this.#inFlightBytes * (left / this.#inFlight);
    this.#inFlight = left;
    if (this.#queue.length > 0) this.#schedule();
  }

  /** Drops events that a rule no longer admits, whether they wait or are about to leave. */
  retain(admits: (topic: string) => boolean): void {
    this.#queue.retain(admits);
    if (this.#writer.bytes > 0) this.#fill();
    const frames = this.#full;
    [this.#full, this.#fullBytes] = [[], 0];
    for (const frame of frames) {
      const reader = new FrameReader(frame);
      while (reader.next()) {
        if (reader.kind === RecordKind.deliver && !admits(reader.topic)) this.consumed(1);
        else this.pushControl(reader.record() as RecordFields);
      }
    }
  }

  /** Keeps new work here, events and requests, until it is taken. What was on its way goes out before. @param onHeld told of each */
  hold(onHeld: () => void = () => {}): void {
    this.#held ??= [];
    this.#onHeld = onHeld;
  }

  /** The other end goes away while new work is kept here; nothing else is sent any more. */
  sleep(): void {
    this.#asleep = true;
    this.#writer.clear();
    [this.#full, this.#fullBytes] = [[], 0];
  }

  /** Ends the hold and takes what came meanwhile. */
  takeHeld(): { readonly requests: readonly RecordFields[]; readonly events: readonly BusEvent[] } {
    const requests = this.#held ?? [];
    [this.#held, this.#heldBytes] = [undefined, 0];
    this.#onHeld = () => {};
    return { requests, events: this.#queue.takeAll() };
  }

  close(): void {
    this.#closed = true;
    [this.#held, this.#heldBytes] = [undefined, 0];
    [this.#full, this.#fullBytes] = [[], 0];
    this.#writer.clear();
    this.#queue.clear();
  }

  /** Events that the window has room for. */
  #room(): number {
    return this.#inFlightBytes < WINDOW_BYTES ? WINDOW_MESSAGES - this.#inFlight : 0;
  }

  /** Whether one more event may join the next frame. */
  #hasRoom(): boolean {
    return this.#full.length === 0 && this.#writer.bytes < FRAME_BYTES && this.#room() > 0;
  }

  #write({ sequence, time, topic, header, bytes, start, end }: BusEvent): void {
    this.#writer.write(RecordKind.deliver, 0, sequence, time, topic, header, bytes, start, end);
    this.#inFlight += 1;
    this.#inFlightBytes += end - start;
  }

  #nextFrame(): Uint8Array | undefined {
    if (this.#closed || this.#asleep) return undefined;
    const full = this.#full.shift();
    if (full !== undefined) {
      this.#fullBytes -= full.length;
      return full;
    }
    while (this.#held === undefined && this.#queue.length > 0 && this.#hasRoom()) this.#write(this.#queue.shift());
    return this.#writer.bytes === 0 ? undefined : this.#writer.take();
  }

  #giveUp(): void {
    this.close();
    this.#onUnread();
  }

  #fill(): void {
    const frame = this.#writer.take();
    this.#full.push(frame);
    this.#fullBytes += frame.length;
  }

  #schedule(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    // Once the sockets were read, everything that the incoming frames caused is here: it goes out together, and wakes its
    // reader once.
    setImmediate(() => void this.#pump());
  }

  async #pump(): Promise<void> {
    try {
      for (let frame = this.#nextFrame(); frame !== undefined; frame = this.#nextFrame()) {
        await this.#link.send(frame);
        this.#writer.release(frame);
      }
    } catch (error) {
      if (!this.#closed) this.#onFailure(error);
    } finally {
      this.#pumping = false;
    }
  }
}
