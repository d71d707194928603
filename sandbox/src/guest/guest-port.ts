import type { InRecord, OutRecord, RecordPort } from '@aico/sdk/internal';
import { bridge } from './bridge.ts';
import { fromInTuple, type InTuple, type OutTuple, toOutTuple } from './record-form.ts';

const BATCH_RECORDS = 512;

/** The guest's record port: batches a turn's records; holds them, in the isolate's own memory, while the host is full. */
export class GuestPort implements RecordPort {
  #queue: OutTuple[] = [];
  #scheduled = false;
  #full = false;
  #handler: ((record: InRecord) => void) | undefined;
  #early: InRecord[] = [];

  send(record: OutRecord): void {
    this.#queue.push(toOutTuple(record));
    if (this.#scheduled || this.#full) return;
    this.#scheduled = true;
    void Promise.resolve().then(() => this.#flush());
  }

  receive(handler: (record: InRecord) => void): void {
    this.#handler = handler;
    for (const record of this.#early.splice(0)) handler(record);
  }

  /** Takes what the host delivers. */
  deliver(records: string): void {
    for (const tuple of JSON.parse(records) as InTuple[]) {
      const record = fromInTuple(tuple);
      if (this.#handler === undefined) this.#early.push(record);
      else this.#handler(record);
    }
  }

  /** The host has room again. */
  drained(): void {
    this.#full = false;
    this.#flush();
  }

  #flush(): void {
    this.#scheduled = false;
    while (this.#queue.length > 0 && !this.#full) {
      this.#full = !bridge.send(JSON.stringify(this.#queue.splice(0, BATCH_RECORDS)));
    }
  }
}
