import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { EXPOSED_ROUTES } from '../exposed-topics.ts';
import { requireSession } from '../session/require-session.ts';
import { readToken } from '../session/session-cookie.ts';
import { startTrace } from '../start-trace.ts';
import { assembleInput } from './rest-input.ts';

interface Parts {
  Params: Record<string, string>;
  Querystring: Record<string, unknown>;
}

/** Every route that the topic table offers: its request goes to the bus, and the reply comes back. */
export function registerRestRoutes(app: FastifyInstance, parts: AppParts): void {
  for (const { contract, role, method, path } of EXPOSED_ROUTES) {
    app.route({
      method,
      url: `/api/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      onRequest: async (request) => {
        if (role !== 'public') requireSession(parts, request);
      },
      handler: async (request, reply) => {
        const { params, query, body } = request as FastifyRequest<Parts>;
        const input = { params, query, body: body ?? undefined };
        const payload = assembleInput(contract, input, `${method} /api/v1${path}`);
        const trace = startTrace(parts.sessions.use(readToken(request, parts.door.port))?.origin);
        return parts.anyBus.request(contract.topic, payload, { signal: goneSignal(reply), trace });
      },
    });
  }
}

/** Aborts when the browser goes away before it has its answer. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const abort = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) abort.abort();
  });
  return abort.signal;
}
