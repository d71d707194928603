import type { EventEmitter } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { AicoError, isAicoError } from '@aico/sdk';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppParts } from './app-parts.ts';
import { registerConsoleRoutes } from './console/console-routes.ts';
import { toErrorAnswer } from './error-answer.ts';
import { registerPictureRoute } from './gallery/picture-route.ts';
import { checkHost, checkOrigin, checkQuery, checkTarget } from './guard/request-guard.ts';
import { PERMISSIONS_POLICY, SECURITY_HEADERS } from './guard/security-headers.ts';
import { registerHealthRoutes } from './health-routes.ts';
import type { Packages } from './load-packages.ts';
import { answerMalformed } from './malformed-request.ts';
import { registerOpenApiRoute } from './openapi/openapi-route.ts';
import { registerRestRoutes } from './rest/rest-routes.ts';
import { registerSessionRoutes } from './session/session-routes.ts';
import { registerSocketRoute, SOCKET_PATH } from './socket/socket-route.ts';
import { registerViewRoute } from './view/view-route.ts';

/** The largest body of a request, in bytes. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** The largest WebSocket message, in bytes: a turn's 100,000 characters, escaped. */
const MESSAGE_LIMIT_BYTES = 1024 * 1024;

/** An application that is ready to answer. */
export interface App {
  readonly listener: RequestListener;
  close(): Promise<void>;
}

/** Builds the Fastify application around the door's server. */
export async function createApp(packages: Packages, parts: AppParts): Promise<App> {
  const listener = Promise.withResolvers<RequestListener>();
  const app: FastifyInstance = packages.fastify({
    serverFactory: (handler) => {
      listener.resolve(handler);
      return parts.door.server;
    },
    bodyLimit: BODY_LIMIT_BYTES,
    return503OnClosing: false,
    clientErrorHandler: answerMalformed,
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
    routerOptions: { maxParamLength: 300 },
  });
  app.removeContentTypeParser('text/plain');
  await app.register(packages.helmet, SECURITY_HEADERS);
  await app.register(packages.websocket, {
    options: { server: asServer(parts.door.upgrades), maxPayload: MESSAGE_LIMIT_BYTES },
    errorHandler: (error, socket) => {
      parts.log.debug('a WebSocket failed', { problem: error.message });
      socket.terminate();
    },
  });
  app.addHook('onRequest', async (request, reply) => guard(parts, request, reply));
  await app.register(packages.cookie);
  await app.register(packages.rateLimit, {
    max: parts.settings.requestsPerMinute,
    timeWindow: 60_000,
    errorResponseBuilder: (request, { ttl }) =>
      new AicoError('GATEWAY_RATE_EXCEEDED', { subject: subjectOf(request), details: { retryAfterMs: ttl } }),
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    // The pattern of the route, never the address: addresses name conversations.
    const route = routeOptions.url ?? 'none';
    parts.log.debug('answered', { method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) });
  });
  app.setErrorHandler((error, request, reply) => {
    const answer = answerError(error, request, reply);
    // Errors of the table were logged where they arose; anything else is a fault of this plugin.
    if (!isAicoError(error) && reply.statusCode >= 500) {
      parts.log.error('a request failed', { route: request.routeOptions.url, problem: String(error) });
    }
    return answer;
  });
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request) => {
    throw new AicoError('GATEWAY_ROUTE_UNKNOWN', { subject: subjectOf(request) });
  });
  registerHealthRoutes(app, parts);
  registerSessionRoutes(app, parts);
  registerRestRoutes(app, parts);
  registerOpenApiRoute(app, parts);
  registerSocketRoute(app, parts);
  registerViewRoute(app);
  registerPictureRoute(app, parts);
  registerConsoleRoutes(app, parts);
  await app.ready();
  return { listener: await listener.promise, close: () => app.close() };
}

function guard(parts: AppParts, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('permissions-policy', PERMISSIONS_POLICY);
  if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  if (parts.stopping.aborted) {
    reply.header('connection', 'close');
    throw new AicoError('GATEWAY_STOPPING', { subject: subjectOf(request) });
  }
  const { method, url, headers } = request;
  checkTarget(url);
  checkHost(headers.host, parts.door.port);
  checkOrigin({ method, url, headers, isUpgrade: request.ws });
  checkQuery(url);
  if (request.ws && request.routeOptions.url !== SOCKET_PATH) {
    throw new AicoError('GATEWAY_ROUTE_UNKNOWN', { subject: `WebSocket at ${subjectOf(request)}` });
  }
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, report, headers } = toErrorAnswer(error as FastifyError, subjectOf(request), BODY_LIMIT_BYTES);
  return reply.code(status).headers(headers).send(report);
}

/** Method and path, shortened; the query is left out, for what a person may have put there by mistake. */
function subjectOf({ method, url }: { readonly method: string; readonly url: string }): string {
  const path = url.split('?', 1)[0] ?? '';
  return `${method} ${path.slice(0, 100).replace(/[^\x20-\x7e]/g, '?')}`;
}

/** The WebSocket package listens for `upgrade` and asks nothing else of its server. */
function asServer(upgrades: EventEmitter): Server {
  return upgrades as unknown as Server;
}
