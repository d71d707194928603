import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface WebServer {
  readonly port: number;
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingMessage['headers'];
  }[];
}

const CERTIFICATES = join(import.meta.dirname, '../certificates');

/** A real web server on an address of this computer; it goes when the test ends. */
export function startWeb(handler: Handler, address = '127.0.0.1'): Promise<WebServer> {
  return listen((answer) => createHttp(answer), handler, address);
}

/** The same with TLS; its certificate is for good.test, *.good.test and other.test. */
export function startSecureWeb(handler: Handler, address = '127.0.0.1'): Promise<WebServer> {
  const key = readFileSync(join(CERTIFICATES, 'good.key.pem'));
  const cert = readFileSync(join(CERTIFICATES, 'good.pem'));
  return listen((answer) => createHttps({ key, cert }, answer) as unknown as Server, handler, address);
}

async function listen(create: (answer: Handler) => Server, handler: Handler, address: string): Promise<WebServer> {
  const requests: WebServer['requests'][number][] = [];
  const server = create((request, response) => {
    const { method = '', url: path = '', headers } = request;
    requests.push({ method, path, headers });
    return handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, requests };
}

/** A server that says what a test says, HTTP or not. */
export async function startRaw(handler: (socket: Socket) => void): Promise<{ readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createTcp((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    handler(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port };
}
