import { randomBytes } from 'node:crypto';
import type { Traced } from '@aico/sdk';

/** By what everything that one session asks for is known again: the first half of the ids of its traces. */
export function createOrigin(): string {
  return randomBytes(8).toString('hex');
}

/** A trace of what one operation of a browser causes: W3C Trace Context, sampled. */
export function startTrace(origin: string = createOrigin()): Traced {
  return { traceparent: `00-${origin}${randomBytes(8).toString('hex')}-${randomBytes(8).toString('hex')}-01` };
}

/** The session that something followed from, if it is one's of here. */
export function originOf({ traceparent = '' }: Traced): string {
  return traceparent.slice(3, 19);
}
