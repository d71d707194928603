import { AicoError } from '@aico/sdk';
import type { FastifyRequest } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { isReading } from '../guard/request-guard.ts';
import { readToken } from './session-cookie.ts';
import { isCsrfOf, type Session } from './session-store.ts';

/**
 * The session of a request; for a change, with its token.
 * @param how whether the request is a use of it, which puts off its end
 * @throws AicoError GATEWAY_SESSION_REQUIRED, GATEWAY_CSRF_REFUSED
 */
export function requireSession(
  { sessions, door }: Pick<AppParts, 'sessions' | 'door'>,
  request: FastifyRequest,
  how: 'use' | 'find' = 'use',
): Session {
  const subject = `${request.method} ${request.routeOptions.url ?? ''}`;
  const session = sessions[how](readToken(request, door.port));
  if (session === undefined) throw new AicoError('GATEWAY_SESSION_REQUIRED', { subject });
  if (!isReading(request.method) && !isCsrfOf(session, request.headers['x-aico-csrf'])) {
    throw new AicoError('GATEWAY_CSRF_REFUSED', { subject });
  }
  return session;
}
