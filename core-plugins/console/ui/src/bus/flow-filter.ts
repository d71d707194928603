import type { BusRecord } from '@aico/sdk';

/** What kinds of messages are on show. */
export type Kind = 'all' | 'events' | 'requests' | 'errors';
export const KINDS: readonly Kind[] = ['all', 'events', 'requests', 'errors'];

/** Whether a message fits: its kind, and every word of the query in its sender, receivers, topic or payload. */
export function fits(record: BusRecord, kind: Kind, query: string): boolean {
  if (kind !== 'all' && kindOf(record) !== kind) return false;
  const { sender, receivers, topic, payload = '', traceparent = '' } = record;
  const text = [sender, ...receivers, topic, payload, traceparent].join('\n').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function kindOf({ verb }: BusRecord): Kind {
  if (verb === 'publish') return 'events';
  return verb === 'error' || verb === 'refused' ? 'errors' : 'requests';
}

/** A payload as people read it: indented where it is whole JSON, as it is where it was cut. */
export function prettyPayload(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), undefined, 2);
  } catch {
    return payload;
  }
}
