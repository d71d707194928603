/** An event on its way to subscribers, as the kernel stamped it. */
export interface BusEvent {
  readonly topic: string;
  /** The kernel's stamp, JSON. */
  readonly header: Uint8Array;
  readonly sequence: number;
  /** Ms since 1970. */
  readonly time: number;
  /** The payload lies in these bytes, between `start` and `end`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}
