import type { PeerCredentials } from '@aico/kernel/contracts';

/** Where a peer connects: the kernel's bus, or the server of the system that it is measured beside. */
export type Door =
  | { readonly system: 'aico'; readonly id: string; readonly credentials: PeerCredentials }
  | { readonly system: 'nats'; readonly url: string };

export type Role = 'publisher' | 'subscriber' | 'asker' | 'answerer' | 'crowd' | 'keyholder';

/** What the parent tells a process of a bus measurement. */
export type Order =
  | { readonly type: 'attach'; readonly id: string; readonly grants: readonly string[] }
  /** One more connection; all of a process have one role. */
  | { readonly type: 'connect'; readonly door: Door; readonly role: Role; readonly topic: string }
  /** Subscribe that many topics on which nothing happens. */
  | { readonly type: 'subscribe'; readonly count: number }
  /** Send or await that many messages; `rate` of them a second, else as fast as it goes. */
  | {
      readonly type: 'go';
      readonly count: number;
      readonly bytes: number;
      readonly rate?: number;
      /** Measure how old each message is when it arrives. */
      readonly aged?: true;
    }
  /** Start the journal plugin, which asks a keyholder for its key. */
  | { readonly type: 'journal' }
  /** Start so many isolated plugins at once. */
  | { readonly type: 'plugins'; readonly count: number }
  /** Tell what was received so far, or how much memory lives after a collection. */
  | { readonly type: 'count' }
  | { readonly type: 'weigh' };

/** What a process tells the parent. Times are ms on the machine's monotonic clock. */
export type Word =
  | { readonly type: 'ready' }
  | { readonly type: 'started'; readonly tookMs: number }
  | { readonly type: 'attached'; readonly id: string; readonly credentials: PeerCredentials }
  | { readonly type: 'began'; readonly at: number }
  | { readonly type: 'finished'; readonly at: number; readonly latencies?: readonly number[] }
  | { readonly type: 'counted'; readonly received: number }
  | { readonly type: 'weighed'; readonly liveBytes: number; readonly residentBytes: number };
