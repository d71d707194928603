import { AicoError } from '@aico/sdk';
import type { WebSocket } from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { requireSession } from '../session/require-session.ts';
import { readToken } from '../session/session-cookie.ts';
import { startTrace } from '../start-trace.ts';
import { CloseCode } from './close-code.ts';
import { SocketConnection } from './socket-connection.ts';

export const SOCKET_PATH = '/api/v1/ws';
const MAX_SOCKETS = 64;
const HEARTBEAT_MS = 30_000;

/** The WebSocket: session, Origin and number are checked before the upgrade, each frame after it. */
export function registerSocketRoute(app: FastifyInstance, parts: AppParts): void {
  const { anyBus: bus, hub, log, now, sessions, door, stopping } = parts;
  let sockets = 0;

  app.get(
    SOCKET_PATH,
    {
      websocket: true,
      onRequest: async (request) => {
        if (!request.ws)
          throw new AicoError('GATEWAY_ROUTE_UNKNOWN', { subject: `GET ${SOCKET_PATH} without an upgrade` });
        requireSession(parts, request, 'find');
        const details = { limit: MAX_SOCKETS };
        if (sockets >= MAX_SOCKETS) throw new AicoError('GATEWAY_SOCKET_LIMIT', { subject: 'WebSockets', details });
      },
    },
    (socket, request) => {
      // A page connects again by itself: only what is asked over the line is a use of the session.
      const session = requireSession(parts, request, 'find');
      const token = readToken(request, door.port);
      const useSession = (unattended: boolean): boolean => sessions[unattended ? 'find' : 'use'](token) !== undefined;
      const connection = new SocketConnection({
        ...{ socket: toPort(socket), bus, hub, log, now, useSession },
        startTrace: () => startTrace(session.origin),
      });
      const sessionEnded = (): void => connection.close(CloseCode.sessionEnded, 'GATEWAY_SESSION_REQUIRED');
      const goingAway = (): void => connection.close(CloseCode.goingAway, 'GATEWAY_STOPPING');
      session.ended.addEventListener('abort', sessionEnded, { once: true });
      stopping.addEventListener('abort', goingAway, { once: true });
      const stopHeartbeat = startHeartbeat(socket);
      sockets += 1;
      socket.on('message', (data, isBinary) => {
        if (isBinary) connection.close(CloseCode.unsupportedData, 'GATEWAY_FRAME_MALFORMED');
        else connection.receive(data.toString());
      });
      socket.once('close', () => {
        sockets -= 1;
        stopHeartbeat();
        session.ended.removeEventListener('abort', sessionEnded);
        stopping.removeEventListener('abort', goingAway);
        connection.closed();
      });
    },
  );
}

function toPort(socket: WebSocket): ConstructorParameters<typeof SocketConnection>[0]['socket'] {
  let resting: NodeJS.Timeout | undefined;
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (text, sent) => socket.send(text, () => sent()),
    close: (code, reason) => {
      clearTimeout(resting);
      // What its other side says to that is to be heard.
      socket.resume();
      socket.close(code, reason);
    },
    rest: (milliseconds) => {
      clearTimeout(resting);
      socket.pause();
      resting = setTimeout(() => socket.resume(), milliseconds).unref();
    },
  };
}

/** Ends a connection whose other side fell silent, e.g. a laptop that sleeps; returns its undo. */
function startHeartbeat(socket: WebSocket): () => void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
  }, HEARTBEAT_MS);
  timer.unref();
  return () => clearInterval(timer);
}
