/** Time and timers, so that tests can move them. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back after some ms; returns its undo. */
  after(milliseconds: number, handler: () => void): () => void;
}
