/**
 * The kernel's end of a connection to one plugin. Frames arrive whole and in order, or not at all. A link carries bytes;
 * what they mean is the broker's business.
 */
export interface Link {
  /**
   * Sends a frame; resolves when the transport took it, which is how a slow peer slows the sender. The transport reads the frame
   * no more after that.
   */
  send(frame: Uint8Array): Promise<void>;
  /**
   * Called for every frame; set once, before the first frame is read. When it answers with a promise, nothing more is read
   * until that is settled: the transport's own limits then slow the sender.
   */
  receive(handler: (frame: Uint8Array) => void | Promise<void>): void;
  close(): Promise<void>;
}
