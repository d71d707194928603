import type { KeptEvent } from './kept-event.ts';
import type { Member } from './member.ts';

/** An event that a group has yet to settle. */
export interface Entry {
  readonly sequence: number;
  readonly topic: string;
  readonly time: number;
  readonly sender: string;
  readonly key: string | undefined;
  readonly bytes: number;
  /** Undefined while it is only on the disk. */
  event: KeptEvent | undefined;
  /** Tries that failed. */
  attempts: number;
  /** How many members went away with it. */
  falls: number;
  /** waiting: for the one of its key before it; ready: for a member; resting: for its next try. */
  state: 'waiting' | 'ready' | 'inFlight' | 'resting' | 'settled';
  member: Member | undefined;
  endRest: (() => void) | undefined;
}
