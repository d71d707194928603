import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClientFrame, ServerFrame } from '@aico/sdk';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

type Respond = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A real HTTP and WebSocket server that answers as a test wants. */
export class GatewayStandIn {
  readonly received: ClientFrame[] = [];
  readonly sockets = new Set<WebSocket>();
  onFrame: (frame: ClientFrame, send: (frame: ServerFrame) => void) => void = () => undefined;
  respond: Respond = (_request, response) => response.writeHead(404).end();
  #port = 0;

  static async start(): Promise<GatewayStandIn> {
    const gateway = new GatewayStandIn();
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const piece of request) body += String(piece);
      gateway.respond(request, response, body);
    });
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => {
      gateway.sockets.add(socket);
      socket.on('close', () => gateway.sockets.delete(socket));
      socket.on('message', (data) => {
        const frame = JSON.parse(String(data)) as ClientFrame;
        gateway.received.push(frame);
        gateway.onFrame(frame, (answer) => socket.send(JSON.stringify(answer)));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    gateway.#port = (server.address() as AddressInfo).port;
    onTestFinished(() => {
      gateway.cut();
      sockets.close();
      server.closeAllConnections();
      server.close();
    });
    return gateway;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get socketUrl(): string {
    return `ws://127.0.0.1:${this.#port}/api/v1/ws`;
  }

  /** Sends a frame to every socket. */
  say(frame: ServerFrame): void {
    for (const socket of this.sockets) socket.send(JSON.stringify(frame));
  }

  /** Cuts every connection, as a killed process does. */
  cut(): void {
    for (const socket of this.sockets) socket.terminate();
  }
}
