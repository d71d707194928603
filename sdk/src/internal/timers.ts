/** The timers of whatever runs the plugin: Node's, or the isolate's. */
export interface Timers {
  /** Calls back once; returns its undo. */
  after(milliseconds: number, handler: () => void): () => void;
}
