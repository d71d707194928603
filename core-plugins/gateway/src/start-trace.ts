import { randomBytes } from 'node:crypto';
import type { Traced } from '@aico/sdk';

/** A trace of what one operation of a browser causes: W3C Trace Context, sampled. */
export function startTrace(): Traced {
  return { traceparent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01` };
}
