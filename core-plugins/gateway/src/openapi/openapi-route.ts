import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { cookieName } from '../session/session-cookie.ts';
import { createOpenApiDocument } from './openapi-document.ts';

/** The description of the interface; it says nothing of the user, so anyone may read it. */
export function registerOpenApiRoute(
  app: FastifyInstance,
  { version, door }: Pick<AppParts, 'version' | 'door'>,
): void {
  let text: string | undefined;
  app.get('/api/v1/openapi.json', (_request, reply) => {
    text ??= JSON.stringify(createOpenApiDocument(version, cookieName(door.port)));
    return reply.type('application/json; charset=utf-8').send(text);
  });
}
