/**
 * The kernel's end of a connection to one plugin. Frames arrive whole and in order, or not at all. A link carries bytes;
 * what they mean is the broker's business.
 */
export interface Link {
  /** Sends a frame; resolves when the transport took it, which is how a slow peer slows the sender. */
  send(frame: Uint8Array): Promise<void>;
  /** Called for every frame; set once, before the first frame is read. */
  receive(handler: (frame: Uint8Array) => void): void;
  close(): Promise<void>;
}
