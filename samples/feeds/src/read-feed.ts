import { type Fetch, isAicoError } from '@aico/sdk';
import { type Feed, parseFeed } from './parse-feed.ts';
import type { Followed, Stamp } from './shelf.ts';

/** What came of asking for a feed. */
export type Reading =
  | { readonly kind: 'feed'; readonly feed: Feed; readonly stamp: Stamp }
  | { readonly kind: 'same'; readonly stamp: Stamp }
  | { readonly kind: 'failed'; readonly why: string };

const ACCEPT = 'application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9';
const TIMEOUT_MS = 20_000;
const MAX_STAMP = 300;

/** Asks a server for a feed; for one that was read before, only for what changed. Never throws: a feed that fails is one of many. */
export async function readFeed(
  fetch: Fetch,
  { url, etag, modified }: Pick<Followed, 'url' | 'etag' | 'modified'>,
  signal?: AbortSignal,
): Promise<Reading> {
  const headers = {
    accept: ACCEPT,
    ...(etag === null ? {} : { 'if-none-match': etag }),
    ...(modified === null ? {} : { 'if-modified-since': modified }),
  };
  try {
    const answer = await fetch(url, { headers, timeoutMs: TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) });
    if (answer.status === 304)
      return { kind: 'same', stamp: { etag: etag ?? undefined, modified: modified ?? undefined } };
    if (!answer.ok) return { kind: 'failed', why: `its server answers ${answer.status}` };
    const feed = parseFeed(await answer.text());
    if (feed === undefined) return { kind: 'failed', why: 'what is there is neither RSS nor Atom' };
    const stamp = { etag: stampOf(answer.headers.get('etag')), modified: stampOf(answer.headers.get('last-modified')) };
    return { kind: 'feed', feed, stamp };
  } catch (error) {
    return { kind: 'failed', why: whyOf(error, url) };
  }
}

/** Host of an address, as a grant names it. */
export function hostOf(url: string): string {
  return /^https?:\/\/([^/?#:]+)/i.exec(url)?.[1]?.toLowerCase() ?? '';
}

/** Kept to be sent back: printable, and short. */
function stampOf(header: string | undefined): string | undefined {
  return header !== undefined && header.length <= MAX_STAMP && /^[\x20-\x7e]+$/.test(header) ? header : undefined;
}

function whyOf(error: unknown, url: string): string {
  const host = hostOf(url);
  if (isAicoError(error, 'NET_HOST_DENIED'))
    return `I may not contact ${host}. Add it under Plugins → Feeds → Settings, to the hosts`;
  if (isAicoError(error, 'KERNEL_PERMISSION_DENIED'))
    return 'I may not use the network. Allow it under Plugins → Feeds';
  if (isAicoError(error, 'NET_NAME_UNKNOWN') || isAicoError(error, 'NET_UNREACHABLE'))
    return `${host} cannot be reached; you may be offline`;
  if (isAicoError(error, 'NET_TIMED_OUT')) return `${host} did not answer in time`;
  if (isAicoError(error, 'NET_RESPONSE_TOO_LARGE')) return 'it is larger than 2 MB';
  return isAicoError(error) ? `${error.message.replace(/\.$/, '')} (${error.code})` : 'it could not be read';
}
