import { AicoError, type ErrorCode } from '@aico/sdk';
import { grantsHost, type HttpGrant, type Method } from './grant.ts';

/** Where a request goes: read once, checked, and used as it was checked. */
export interface Target {
  readonly url: URL;
  /** ASCII and lower case, without a final dot; an IPv6 address in brackets. */
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };
const SHOWN = 8;
/** Of an address as it is sent, and told with its answer. */
const MAX_CHARACTERS = 8192;

/**
 * Reads a URL as browsers do (https://url.spec.whatwg.org), which turns every odd spelling of a host (decimal, hex,
 * octal, full-width, capital, international) into one. @throws AicoError NET_URL_REFUSED
 */
export function readTarget(plugin: string, text: string): Target {
  const refuse = (problem: string): AicoError =>
    new AicoError('NET_URL_REFUSED', { subject: plugin, details: { problem } });
  if (!URL.canParse(text)) throw refuse('cannot be read');
  const url = new URL(text);
  const usual = DEFAULT_PORTS[url.protocol];
  if (usual === undefined) throw refuse('is neither http nor https');
  if (url.username !== '' || url.password !== '') throw refuse('holds a user name or password');
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  const host = url.hostname;
  if (host === '' || host.endsWith('.') || host.length > 253) throw refuse('holds no host that can be contacted');
  if (url.port === '0') throw refuse('holds a port that nobody can listen at');
  url.hash = '';
  if (url.href.length > MAX_CHARACTERS) throw refuse(`has more than ${MAX_CHARACTERS} characters`);
  return { url, host, port: url.port === '' ? usual : Number(url.port), secure: url.protocol === 'https:' };
}

/** @throws AicoError NET_HOST_DENIED, NET_PORT_DENIED, NET_HTTP_DENIED, NET_METHOD_DENIED */
export function assertGranted(grant: HttpGrant, { host, port, secure }: Target, method: Method): void {
  const deny = (code: ErrorCode, allowed: readonly (string | number)[]): AicoError =>
    new AicoError(code, { subject: grant.plugin, details: { host, port, method, allowed: listOf(allowed) } });
  if (!grantsHost(grant, host)) throw deny('NET_HOST_DENIED', grant.hosts);
  if (!secure && !grant.allowHttp) throw deny('NET_HTTP_DENIED', []);
  if (!grant.anyPort && !grant.ports.includes(port)) throw deny('NET_PORT_DENIED', grant.ports);
  if (!grant.methods.includes(method)) throw deny('NET_METHOD_DENIED', grant.methods);
}

function listOf(values: readonly (string | number)[]): string {
  if (values.length === 0) return 'none';
  const shown = values.slice(0, SHOWN).join(', ');
  return values.length > SHOWN ? `${shown}, …` : shown;
}
