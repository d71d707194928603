import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { AicoError } from '@aico/sdk';

// As an import, node:http would first load Node's fetch and WebSocket, whose names it exports too: 40 ms.
const { createServer } = process.getBuiltinModule('node:http');

// Whoever sends a request a byte at a time holds a connection for this long and no longer.
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CHECK_INTERVAL_MS = 5_000;
const KEEP_ALIVE_MS = 30_000;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 512;

/**
 * The listening socket. It opens at once, so that a taken port fails the start and the start is short; what comes before
 * the application is loaded waits for it.
 */
export class FrontDoor {
  readonly server: Server;
  /** Passes `upgrade` events on once there is an application. */
  readonly upgrades: EventEmitter = new EventEmitter();
  readonly #application = Promise.withResolvers<RequestListener>();
  #port = 0;

  private constructor() {
    this.server = createServer({
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
    this.server.maxConnections = MAX_CONNECTIONS;
    this.#application.promise.catch(() => {});
    this.server.on('request', (request, response) => {
      this.#application.promise.then(
        (application) => application(request, response),
        () => request.destroy(),
      );
    });
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const guard = (): void => void socket.destroy();
      socket.on('error', guard);
      this.#application.promise.then(() => {
        socket.off('error', guard);
        this.upgrades.emit('upgrade', request, socket, head);
      }, guard);
    });
  }

  /** Begins to listen. @throws AicoError GATEWAY_PORT_TAKEN, GATEWAY_LISTEN_FAILED */
  static async open(host: string, port: number): Promise<FrontDoor> {
    const door = new FrontDoor();
    door.server.listen({ host, port, exclusive: true });
    try {
      await once(door.server, 'listening');
    } catch (cause) {
      throw listenError(cause, host, port);
    }
    door.#port = (door.server.address() as AddressInfo).port;
    return door;
  }

  get port(): number {
    return this.#port;
  }

  /** Lets in what waits, and everything from now on. */
  admit(application: RequestListener): void {
    this.#application.resolve(application);
  }

  /** Turns away what waits: there will be no application. */
  refuse(cause: unknown): void {
    this.#application.reject(cause);
  }

  /** Takes no new connections, lets requests under way finish for a while, then ends them. */
  async close(graceMs: number): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeIdleConnections();
    const deadline = setTimeout(() => this.server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(deadline);
  }
}

function listenError(cause: unknown, host: string, port: number): AicoError {
  const problem = String((cause as NodeJS.ErrnoException).code ?? 'unknown');
  if (problem === 'EADDRINUSE')
    return new AicoError('GATEWAY_PORT_TAKEN', { subject: 'gateway', details: { port }, cause });
  return new AicoError('GATEWAY_LISTEN_FAILED', { subject: `${host}:${port}`, details: { problem }, cause });
}
