import { AicoError } from '@aico/sdk';
import type { OpenStream } from './exchange.ts';

/** A model server's address. The key is shown to that server and to nobody else. */
export interface Endpoint {
  /** What the user calls it. */
  readonly name: string;
  readonly url: string;
  readonly apiKey: string | undefined;
  /** The way there. */
  readonly open: OpenStream;
}

/** Checks an address that a user gave, and returns it as it is kept. @throws AicoError LLM_URL_REFUSED */
export function parseEndpointUrl(name: string, text: string): string {
  const refuse = (problem: string): AicoError =>
    new AicoError('LLM_URL_REFUSED', { subject: name, details: { problem } });
  if (!URL.canParse(text)) throw refuse('cannot be read');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse('is neither http nor https');
  if (url.username !== '' || url.password !== '') throw refuse('holds a password');
  // Addresses are shown and logged, so nothing secret may hide in one.
  if (url.search !== '' || url.hash !== '') throw refuse('goes on after its path');
  return url.href.replace(/\/+$/, '');
}

/** The address of a path below an endpoint's own. */
export function addressOf(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}/${path}`;
}
