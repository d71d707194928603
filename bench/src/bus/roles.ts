import type { PeerCredentials } from '@aico/kernel/contracts';
import type { MessageCreated } from '@aico/schemas';

/** What the parent tells a process of a bus measurement. */
export type Order =
  | { readonly type: 'attach'; readonly id: string; readonly grants: readonly string[] }
  | { readonly type: 'connect'; readonly credentials: PeerCredentials; readonly role: Role }
  | { readonly type: 'go'; readonly count: number };

export type Role = 'publisher' | 'subscriber' | 'asker' | 'answerer';

/** What a process tells the parent. Times are ms since 1970, fractions kept. */
export type Word =
  | { readonly type: 'ready' }
  | { readonly type: 'attached'; readonly id: string; readonly credentials: PeerCredentials }
  | { readonly type: 'began'; readonly at: number }
  | { readonly type: 'finished'; readonly at: number; readonly latencies?: readonly number[] };

export const EVENT = 'chat.message.created.v1';
export const REQUEST = 'plugin.bench.command.run.v1';

const UUID = '6f1c2a52-3b1e-4c58-9a54-0d1f2b3c4d5e';

/** A message of 256 bytes as JSON, made anew each time as a real publisher does. */
export function buildEvent(sequence: number): MessageCreated {
  const text = `message number ${String(sequence).padStart(10, '0')}`;
  const createdAt = '2026-01-01T12:00:00.000Z';
  const ids = { id: UUID, conversation: UUID };
  return {
    message: { ...ids, role: 'user' as const, status: 'complete' as const, text, createdAt, model: 'm'.repeat(12) },
  };
}
