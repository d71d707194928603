import { Buffer } from 'node:buffer';
import type { BusObserved, BusRecord } from '@aico/schemas';
import type { Clock } from '../../contracts/clock.ts';

export const OBSERVED_TOPIC = 'kernel.bus.observed.v1';

const BATCH_MS = 100;
const BATCH_RECORDS = 200;
const SHOWN_BYTES = 2_048;
const SHOWN_RECEIVERS = 100;

/** A message as the broker saw it. */
export interface Sighting {
  readonly verb: BusRecord['verb'];
  readonly sender: string;
  readonly topic: string;
  readonly receivers: readonly string[];
  readonly payload: Uint8Array;
  readonly exchange: number | undefined;
  readonly traceparent: string | undefined;
}

export interface TapOptions {
  readonly clock: Clock;
  /** Whether what a topic carries is nobody else's business, and whether it passes sealed. */
  readonly secrecyOf: (topic: string) => { readonly sealed: boolean; readonly redacted: boolean };
  readonly publish: (observed: BusObserved) => void;
}

/** Tells what passes the bus, in batches, while somebody listens; and nothing of itself. */
export class Tap {
  readonly #options: TapOptions;
  #records: BusRecord[] = [];
  #skipped = 0;
  #sequence = 0;
  #stopTimer: (() => void) | undefined;
  #open = false;

  constructor(options: TapOptions) {
    this.#options = options;
  }

  get open(): boolean {
    return this.#open;
  }

  /** Opens while somebody listens; closing drops what nobody waits for any more. */
  set open(open: boolean) {
    this.#open = open;
    if (open) return;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#records = [];
    this.#skipped = 0;
  }

  see(sighting: Sighting): void {
    if (!this.#open || sighting.topic === OBSERVED_TOPIC) return;
    this.#sequence += 1;
    this.#stopTimer ??= this.#options.clock.after(BATCH_MS, () => this.#flush());
    if (this.#records.length < BATCH_RECORDS) this.#records.push(this.#recordOf(sighting));
    else this.#skipped += 1;
  }

  #recordOf({ verb, sender, topic, receivers, payload, exchange, traceparent }: Sighting): BusRecord {
    const record: BusRecord = {
      time: new Date(this.#options.clock.now()).toISOString(),
      sequence: this.#sequence,
      verb,
      sender,
      topic,
      receivers: receivers.slice(0, SHOWN_RECEIVERS),
      bytes: payload.length,
    };
    if (exchange !== undefined) record.exchange = exchange;
    if (traceparent !== undefined) record.traceparent = traceparent;
    const { sealed, redacted } = this.#options.secrecyOf(topic);
    if (sealed) record.sealed = true;
    if (sealed || redacted) record.redacted = true;
    else record.payload = Buffer.from(payload.subarray(0, SHOWN_BYTES)).toString();
    if (payload.length > SHOWN_BYTES) record.cut = true;
    return record;
  }

  #flush(): void {
    this.#stopTimer = undefined;
    const observed = { records: this.#records, skipped: this.#skipped };
    this.#records = [];
    this.#skipped = 0;
    this.#options.publish(observed);
  }
}
