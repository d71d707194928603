import { AicoError } from '@aico/sdk';

/** Names of this machine that a browser may have asked for. */
const OWN_NAMES: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Keys that would carry a secret or choose whom the app talks to. */
const REFUSED_QUERY_KEY =
  /token|passw|secret|credential|session|csrf|cookie|bearer|jwt|^auth|api[-_]?key|^key$|endpoint|^(base|api|server|ws|socket)?[-_]?(url|uri|host|server)$/i;

/** What a guard looks at. */
export interface GuardedRequest {
  readonly method: string;
  readonly url: string;
  readonly isUpgrade: boolean;
  readonly headers: {
    readonly host?: string | undefined;
    readonly origin?: string | undefined;
    readonly 'sec-fetch-site'?: string | string[] | undefined;
  };
}

/** Refuses what only proxies are asked for: a whole address in place of a path. @throws AicoError GATEWAY_REQUEST_MALFORMED */
export function checkTarget(url: string): void {
  if (url.startsWith('/')) return;
  throw new AicoError('GATEWAY_REQUEST_MALFORMED', {
    subject: 'request',
    details: { problem: 'its target is no path' },
  });
}

/** Refuses a foreign name in Host: a page whose name was rebound to this machine. @throws AicoError GATEWAY_HOST_REFUSED */
export function checkHost(host: string | undefined, port: number): void {
  const asked = (host ?? '').toLowerCase();
  if (OWN_NAMES.some((name) => asked === `${name}:${port}` || (port === 80 && asked === name))) return;
  throw new AicoError('GATEWAY_HOST_REFUSED', { subject: printable(asked) });
}

/**
 * Refuses whatever another site's page sent. Browsers put Origin on each request that is not plain reading and on each
 * upgrade, and pages cannot forge it; reading is refused where the browser says that another site asks.
 * @throws AicoError GATEWAY_ORIGIN_REFUSED
 */
export function checkOrigin(request: GuardedRequest): void {
  const { host, origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined && origin.toLowerCase() !== `http://${(host ?? '').toLowerCase()}`) throw foreign(origin);
  if (origin === undefined && (request.isUpgrade || !isReading(request.method))) throw foreign('');
  const isApi = request.url.startsWith('/api/');
  if (isApi && site !== undefined && site !== 'same-origin' && site !== 'none') throw foreign(String(site));
}

/** Refuses secrets and endpoints in a URL. @throws AicoError GATEWAY_QUERY_REFUSED */
export function checkQuery(url: string): void {
  const at = url.indexOf('?');
  if (at < 0) return;
  for (const key of new URLSearchParams(url.slice(at + 1)).keys()) {
    if (REFUSED_QUERY_KEY.test(key)) throw new AicoError('GATEWAY_QUERY_REFUSED', { subject: printable(key) });
  }
}

/** Whether a method changes nothing. */
export function isReading(method: string): boolean {
  return READING.has(method);
}

function foreign(origin: string): AicoError {
  return new AicoError('GATEWAY_ORIGIN_REFUSED', { subject: printable(origin) });
}

/** Shortens a hostile text and keeps control characters out of logs. */
function printable(text: string): string {
  return text.slice(0, 80).replace(/[^\x20-\x7e]/g, '?') || 'nowhere';
}
