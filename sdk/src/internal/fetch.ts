import type { HttpFetch, HttpResponse } from '@aico/schemas';
import type { Bus } from '../bus.ts';
import type { Fetch, FetchOptions, FetchResponse } from '../context.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

const TIMEOUT_MS = 30_000;
/** The network's own time ends first, so that its error, which names the host, is the one that is seen. */
const MARGIN_MS = 2_000;

/** ctx.fetch: a request to whoever serves the network. */
export function createFetch(bus: Bus): Fetch {
  return async (url, options = {}) => {
    const { signal, timeoutMs = TIMEOUT_MS } = options;
    const waits = { timeoutMs: timeoutMs + MARGIN_MS, ...(signal === undefined ? {} : { signal }) };
    const asked = requestOf(typeof url === 'string' ? url : url.href, options);
    return responseOf(await bus.request('net.http.fetch.v1', asked, waits));
  };
}

function requestOf(url: string, { method, headers, body, redirect, timeoutMs }: FetchOptions): HttpFetch {
  return {
    url,
    ...(method === undefined ? {} : { method }),
    ...(headers === undefined ? {} : { headers: { ...headers } }),
    ...(body === undefined ? {} : typeof body === 'string' ? { text: body } : { base64: encodeBase64(body) }),
    ...(redirect === undefined ? {} : { redirect }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

function responseOf({ status, url, redirected, headers, text, base64 }: HttpResponse): FetchResponse {
  const bytes = (): Uint8Array => (base64 === undefined ? new TextEncoder().encode(text ?? '') : decodeBase64(base64));
  // As the web reads it: a byte order mark is no part of the text, and no JSON begins with one.
  const read = (): string => text?.replace(/^\ufeff/, '') ?? new TextDecoder().decode(bytes());
  return {
    status,
    ok: status >= 200 && status < 300,
    url,
    redirected,
    headers: {
      get: (name) => {
        const key = name.toLowerCase();
        return Object.hasOwn(headers, key) ? headers[key] : undefined;
      },
      entries: () => Object.entries(headers).values(),
    },
    text: async () => read(),
    json: async <Value>() => JSON.parse(read()) as Value,
    bytes: async () => bytes(),
  };
}
