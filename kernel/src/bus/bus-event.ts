import { Buffer } from 'node:buffer';

/** An event on its way to subscribers, as the kernel stamped it. */
export interface BusEvent {
  readonly topic: string;
  /** The kernel's stamp, JSON. */
  readonly header: Uint8Array;
  readonly sequence: number;
  /** Ms since 1970. */
  readonly time: number;
  /** A view into the frame that it came in, until it is kept. */
  payload: Uint8Array;
  kept?: true;
}

/** Makes an event outlive the frame that it came in; its subscribers share the copy. */
export function keepEvent(event: BusEvent): void {
  if (event.kept) return;
  event.payload = Buffer.from(event.payload);
  event.kept = true;
}
