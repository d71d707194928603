import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { AicoError } from '@aico/schemas';
import { type WebSocket, WebSocketServer } from 'ws';
import { problemOf } from '../../problem.ts';

const LOOPBACK = '127.0.0.1';
/** The largest message of a client: the bus takes no larger ones. */
const MAX_CLIENT_BYTES = 900_000;
/** What may wait for a client that does not read; it is let go then. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

export interface DevToolsEndpointOptions {
  /** 0 takes any that is free. */
  readonly port: number;
  /** What is looked into, for the list of targets. */
  readonly title: string;
  readonly onMessage: (message: string) => void;
  /** The client went; what it began is to be undone. */
  readonly onClientGone: () => void;
}

/**
 * Where a debugger connects: the Chrome DevTools protocol on this machine's own address, one client at a time. Every path
 * begins with a secret; a page in a browser has no way in, whatever name it gives this address.
 */
export class DevToolsEndpoint implements AsyncDisposable {
  readonly #options: DevToolsEndpointOptions;
  readonly #token = randomBytes(24).toString('base64url');
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_CLIENT_BYTES, perMessageDeflate: false });
  #client: WebSocket | undefined;
  #port = 0;

  private constructor(options: DevToolsEndpointOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** @throws AicoError AUTHOR_PORT_UNUSABLE */
  static async open(options: DevToolsEndpointOptions): Promise<DevToolsEndpoint> {
    const endpoint = new DevToolsEndpoint(options);
    const { port } = options;
    try {
      endpoint.#server.listen({ host: LOOPBACK, port, exclusive: true });
      await once(endpoint.#server, 'listening');
    } catch (cause) {
      throw new AicoError('AUTHOR_PORT_UNUSABLE', {
        subject: String(port),
        details: { problem: problemOf(cause) },
        cause,
      });
    }
    endpoint.#port = (endpoint.#server.address() as AddressInfo).port;
    return endpoint;
  }

  /** `127.0.0.1:<port>/<secret>`, to which `ws://` belongs. */
  get address(): string {
    return `${LOOPBACK}:${this.#port}/${this.#token}`;
  }

  get hasClient(): boolean {
    return this.#client !== undefined;
  }

  /** Tells the client, when there is one. */
  send(message: string): void {
    if (this.#client === undefined) return;
    if (this.#client.bufferedAmount > MAX_WAITING_BYTES) this.#client.terminate();
    else this.#client.send(message);
  }

  /** Sends the client away: what it knew is no more. It may come again. */
  dismiss(reason: string): void {
    this.#client?.close(1012, reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client?.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = this.#pathOf(request);
    const found = path === undefined ? undefined : this.#document(path);
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    if (found === undefined) response.writeHead(path === undefined ? 403 : 404).end();
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(found));
  }

  #document(path: string): unknown {
    if (path === '/json/version') return { Browser: 'AICO plugin', 'Protocol-Version': '1.3' };
    if (path !== '/json/list' && path !== '/json') return undefined;
    const { title } = this.#options;
    const webSocketDebuggerUrl = `ws://${this.address}`;
    return [{ id: this.#token, type: 'node', title, description: title, url: `aico:/${title}`, webSocketDebuggerUrl }];
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = this.#pathOf(request);
    socket.on('error', () => socket.destroy());
    if (path === undefined) refuse(socket, '403 Forbidden');
    else if (path !== '' && path !== '/') refuse(socket, '404 Not Found');
    else if (this.#client !== undefined) refuse(socket, '409 Conflict');
    else this.#sockets.handleUpgrade(request, socket, head, (client) => this.#welcome(client));
  }

  #welcome(client: WebSocket): void {
    this.#client = client;
    client.on('message', (data, isBinary) => {
      if (isBinary) client.close(1003, 'text only');
      else this.#options.onMessage(data.toString());
    });
    client.on('error', () => client.terminate());
    client.on('close', () => {
      this.#client = undefined;
      this.#options.onClientGone();
    });
  }

  /** The path behind the secret, of somebody who may be here; none otherwise. */
  #pathOf({ url = '', headers }: IncomingMessage): string | undefined {
    const { host, origin } = headers;
    // A name that leads here by the owner of another page's wish is not ours.
    if (host !== `${LOOPBACK}:${this.#port}` && host !== `localhost:${this.#port}`) return undefined;
    // Pages of the web name theirs; debuggers have none, or Chrome's own.
    if (origin !== undefined && !origin.startsWith('devtools://')) return undefined;
    const [, token = '', rest = ''] = /^\/([^/?#]*)([^?#]*)/.exec(url) ?? [];
    return isSame(token, this.#token) ? rest : undefined;
  }
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
