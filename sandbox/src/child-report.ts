/** What a child says upwards on its inherited pipe, one JSON line each. */
export type ChildReport =
  | { readonly type: 'ready' }
  /** The isolated child has nothing more to do. It ends itself by a signal, for `exit` would wait for isolates. */
  | { readonly type: 'ended' }
  /** The isolated child ends itself because its guest broke a limit. */
  | { readonly type: 'ending'; readonly cause: GuestOver };

/** Which limit a guest broke. Whether an entry used more than its plugin may is for others to say: its user may have changed that meanwhile. */
export type GuestOver =
  | { readonly kind: 'memory' }
  /** Processor time, ms a second, over so many ms without yielding. */
  | { readonly kind: 'entry'; readonly used: number; readonly overMs: number; readonly held: boolean };
