import type { Traced } from '../bus.ts';

/** The header of a message that goes on with a trace; nothing when there is none to go on with. */
export function tracedHeader(trace: Traced | undefined): { readonly header: string } | undefined {
  const traceparent = trace?.traceparent;
  return traceparent === undefined ? undefined : { header: JSON.stringify({ traceparent }) };
}
