import { createHash } from 'node:crypto';
import type { AuditRecord } from '@aico/sdk';
import { canonical } from './canonical.ts';

/** A record before it is a link of the chain. */
export type Fact = Omit<AuditRecord, 'number' | 'previous' | 'hash'>;

/** A record as its row keeps it. */
export interface Link {
  readonly number: number;
  /** Everything but the hash, in canonical form. */
  readonly body: string;
  readonly hash: string;
}

/** What the first record follows. */
export const BEGINNING: Pick<Link, 'number' | 'hash'> = { number: 0, hash: '0'.repeat(64) };

/** The next link of the chain. @param number other than the next one only where records were lost */
export function linkOf(
  fact: Fact,
  previous: Pick<Link, 'number' | 'hash'>,
  number: number = previous.number + 1,
): Link {
  const body = canonical({ ...fact, number, previous: previous.hash });
  return { number, body, hash: hashOf(body) };
}

export function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

export function recordOf({ body, hash }: Link): AuditRecord {
  return { ...(JSON.parse(body) as Omit<AuditRecord, 'hash'>), hash };
}
