import { AicoError } from '@aico/sdk';

export type Headers = Readonly<Record<string, string>>;

/** About the connection rather than the request (RFC 9110, 7.6.1), or set here. */
const OURS = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);
const OUR_PREFIXES = ['proxy-', 'sec-'];
/** What may go on to another origin: everything else may be a key, whatever it is called. */
const HARMLESS = new Set(['accept', 'accept-language', 'cache-control', 'content-type', 'range', 'user-agent']);
/** Of an answer: about the connection or the packing, which is undone, or for browsers alone. */
const KEPT_BACK = new Set([
  'alt-svc',
  'clear-site-data',
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'nel',
  'proxy-authenticate',
  'report-to',
  'set-cookie',
  'strict-transport-security',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** Visible characters and blanks (RFC 9110, 5.5); others would be cut or smuggle a second header. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const MAX_BYTES = 16 * 1024;
const MAX_COUNT = 100;
const MAX_VALUE = 8192;

/** Headers as they are sent, names in lower case. @throws AicoError NET_HEADER_REFUSED */
export function checkHeaders(plugin: string, headers: Headers): Headers {
  const checked: Record<string, string> = {};
  let bytes = 0;
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    bytes += name.length + value.length + 4;
    const ours = OURS.has(name) || OUR_PREFIXES.some((prefix) => name.startsWith(prefix));
    if (ours || Object.hasOwn(checked, name) || !VALUE.test(value) || bytes > MAX_BYTES)
      throw new AicoError('NET_HEADER_REFUSED', { subject: plugin, details: { header: name } });
    checked[name] = value;
  }
  return checked;
}

/** What is left of the headers when a request is sent on to another origin. */
export function withoutCredentials(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.has(name)));
}

/** Headers of an answer, as its asker sees them. */
export function shownHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const shown = Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined || KEPT_BACK.has(name) || !/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name)) return [];
    return [[name, [value].flat().join(', ').slice(0, MAX_VALUE)] as const];
  });
  return Object.fromEntries(shown.slice(0, MAX_COUNT));
}
