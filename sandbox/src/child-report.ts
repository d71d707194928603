import type { RunExit } from '@aico/kernel/contracts';

/** What a child says upwards on its inherited pipe, one JSON line each. */
export type ChildReport =
  | { readonly type: 'ready' }
  /** The isolated child has nothing more to do. It ends itself by a signal, for `exit` would wait for isolates. */
  | { readonly type: 'ended' }
  /** The isolated child ends itself because its guest broke a limit. */
  | { readonly type: 'ending'; readonly cause: NonNullable<RunExit['cause']> };
