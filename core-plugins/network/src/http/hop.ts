import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { AicoError } from '@aico/sdk';
import type { Method } from '../policy/grant.ts';
import type { Headers } from '../policy/headers.ts';
import type { Target } from '../policy/target.ts';
import { failureOf, invalid } from './failure.ts';
import { ENCODINGS, unpacked } from './unpack.ts';

const MAX_HEADER_BYTES = 32 * 1024;
const CONNECT_MS = 10_000;

/** One request to one host. */
export interface Hop {
  readonly plugin: string;
  readonly target: Target;
  /** Checked; nothing else is connected to. */
  readonly addresses: readonly string[];
  readonly method: Method;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
  readonly signal: AbortSignal;
  /** Certificate authorities besides those of Node. */
  readonly authorities?: readonly string[];
  /** Told as soon as there is a connection: to which address, and what tells what has passed on it. */
  readonly onConnected: (address: string, traffic: () => Traffic) => void;
}

/** An answer whose body is still to be read. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Readable;
  /** Ends the connection. */
  close(): void;
}

export interface Traffic {
  readonly bytesOut: number;
  readonly bytesIn: number;
}

/**
 * Connects to one of the checked addresses and asks. The name is not looked up again, so it cannot mean something else
 * by now; it still is what the certificate must prove. @throws AicoError NET_…
 */
export async function hop(given: Hop): Promise<Answer> {
  const { target, plugin, signal, method } = given;
  const about = { plugin, host: target.host };
  const request = open(given);
  try {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      watchConnecting(request, given, reject);
      request.on('response', resolve);
      request.on('error', reject);
      // Nobody asked to speak anything but HTTP. The request has let go of its connection, which nobody else would end.
      request.on('upgrade', (_, socket) => {
        socket.destroy();
        reject(invalid(about, 'it wants to speak something else than HTTP'));
      });
      request.end(given.body);
    });
    const { statusCode: status = 0 } = response;
    if (status < 200 || status > 599) throw invalid(about, `its status is ${status}`);
    const body = unpacked(response, method, about);
    return {
      status,
      headers: response.headers,
      body,
      close: () => {
        request.destroy();
        body.destroy();
      },
    };
  } catch (error) {
    request.destroy();
    throw failureOf(error, about, signal, MAX_HEADER_BYTES);
  }
}

function open({ target, addresses, method, headers, body, signal, authorities }: Hop): http.ClientRequest {
  const { url, host, port, secure } = target;
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const length = body === undefined ? {} : { 'content-length': String(body.byteLength) };
  const common = {
    method,
    host: bare,
    port,
    path: `${url.pathname}${url.search}`,
    headers: { 'user-agent': 'AICO', ...headers, ...length, host: url.host, 'accept-encoding': ENCODINGS },
    // A connection of its own: none is kept open, shared between plugins, or led through a proxy of the environment.
    agent: false as const,
    lookup: lookupOf(addresses),
    maxHeaderSize: MAX_HEADER_BYTES,
    insecureHTTPParser: false,
    signal,
  };
  if (!secure) return http.request(common);
  const trust = authorities === undefined ? {} : { ca: [...authorities] };
  const name = isIP(bare) === 0 ? { servername: bare } : {};
  return https.request({ ...common, ...trust, ...name, rejectUnauthorized: true });
}

/** Answers with the addresses that were checked, whatever it is asked. */
function lookupOf(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_, options, callback) => {
    const [first] = found;
    if (options.all === true) callback(null, found);
    else callback(null, first?.address ?? '', first?.family);
  };
}

function watchConnecting(
  request: http.ClientRequest,
  { plugin, target, addresses, onConnected }: Hop,
  fail: (error: Error) => void,
): void {
  const { host, secure } = target;
  request.on('socket', (socket) => {
    const late = setTimeout(() => {
      const details = { host, seconds: CONNECT_MS / 1000 };
      fail(new AicoError('NET_TIMED_OUT', { subject: plugin, details }));
    }, CONNECT_MS);
    const settle = (): void => clearTimeout(late);
    socket.once('connect', () => {
      const address = socket.remoteAddress ?? '';
      // It was connected to what was checked; should that ever change, nothing is sent.
      if (!addresses.includes(address)) {
        const details = { host, address, kind: 'not the one that was checked' };
        fail(new AicoError('NET_ADDRESS_DENIED', { subject: plugin, details }));
        request.destroy();
        return;
      }
      onConnected(address, () => ({ bytesOut: socket.bytesWritten ?? 0, bytesIn: socket.bytesRead ?? 0 }));
    });
    socket.once(secure ? 'secureConnect' : 'connect', settle);
    socket.once('close', settle);
  });
}
