import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { AicoError } from '@aico/schemas';

/** A sender's header holds a traceparent and nothing else. */
const HEADER_BYTES = 256;
/** https://www.w3.org/TR/trace-context/#traceparent-header, version 00. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

/**
 * The trace of a record that a peer sent, with a new span for this hop.
 * @param header what the peer wrote, not empty @throws AicoError KERNEL_TRACE_MALFORMED
 */
export function nextHop(header: Uint8Array, sender: string): string {
  const [, trace, flags] = TRACEPARENT.exec(textOf(header)) ?? [];
  if (trace === undefined || flags === undefined) throw new AicoError('KERNEL_TRACE_MALFORMED', { subject: sender });
  return `00-${trace}-${randomBytes(8).toString('hex')}-${flags}`;
}

function textOf(header: Uint8Array): string {
  if (header.length > HEADER_BYTES) return '';
  try {
    const { traceparent } = JSON.parse(Buffer.from(header).toString()) as { traceparent?: unknown };
    return typeof traceparent === 'string' ? traceparent : '';
  } catch {
    return '';
  }
}
