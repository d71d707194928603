import type { RecordKind } from '@aico/schemas';

/** A record on its way to the kernel. Texts are JSON. */
export interface OutRecord {
  readonly kind: RecordKind;
  readonly correlation: number;
  readonly sequence?: number;
  readonly topic: string;
  readonly header?: string;
  readonly payload?: string;
}

/** A record from the kernel. Texts are JSON; `sequence` and `time` are the kernel's. */
export interface InRecord {
  readonly kind: number;
  readonly correlation: number;
  readonly sequence: number;
  readonly time: number;
  readonly topic: string;
  readonly header: string;
  readonly payload: string;
}

/** A plugin's end of its connection to the kernel. Batching, keys and sockets are the port's business. */
export interface RecordPort {
  /** Queues a record; order is kept. */
  send(record: OutRecord): void;
  /** Called for every record, in order; set once. */
  receive(handler: (record: InRecord) => void): void;
}
