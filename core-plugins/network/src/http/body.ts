import { isUtf8 } from 'node:buffer';
import { AicoError, type HttpFetch } from '@aico/sdk';
import type { Method } from '../policy/grant.ts';

/** A body as it travels: text where it is UTF-8 and no longer for it. */
export type Travelling = { readonly text: string } | { readonly base64: string };

/** \b, \t, \n, \f and \r. */
const SHORT_ESCAPES: readonly number[] = [8, 9, 10, 12, 13];
const WITH_BODY: readonly Method[] = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** The bytes of a request's body. @throws AicoError NET_BODY_REFUSED */
export function bodyOf(plugin: string, { text, base64 }: HttpFetch, method: Method): Uint8Array | undefined {
  if (text === undefined && base64 === undefined) return undefined;
  const refuse = (problem: string): AicoError =>
    new AicoError('NET_BODY_REFUSED', { subject: plugin, details: { problem } });
  if (text !== undefined && base64 !== undefined) throw refuse('is both text and base64');
  if (!WITH_BODY.includes(method)) throw refuse(`does not go with ${method}`);
  return text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8');
}

/** Bytes of an answer, for the bus. JSON makes control characters six times as long; then base64 is the shorter form. */
export function travelling(bytes: Buffer): Travelling {
  const base64Length = Math.ceil(bytes.length / 3) * 4;
  if (isUtf8(bytes) && jsonLength(bytes) <= base64Length) return { text: bytes.toString('utf8') };
  return { base64: bytes.toString('base64') };
}

/** Bytes of a text of these bytes in JSON, between its quotes: counted, for a large one is not to be made twice. */
function jsonLength(bytes: Buffer): number {
  let length = bytes.length;
  for (const byte of bytes) {
    if (byte < 0x20) length += SHORT_ESCAPES.includes(byte) ? 1 : 5;
    else if (byte === 0x22 || byte === 0x5c) length += 1;
  }
  return length;
}
