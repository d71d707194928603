import type cookie from '@fastify/cookie';
import type helmet from '@fastify/helmet';
import type rateLimit from '@fastify/rate-limit';
import type websocket from '@fastify/websocket';
import type { fastify } from 'fastify';

/** Fastify and its plugins. */
export interface Packages {
  readonly fastify: typeof fastify;
  readonly cookie: typeof cookie;
  readonly helmet: typeof helmet;
  readonly rateLimit: typeof rateLimit;
  readonly websocket: typeof websocket;
}

/** Loads them when the port is open already: they take about 100 ms, in which the plugin counts as started. */
export async function loadPackages(): Promise<Packages> {
  const [fastify, cookie, helmet, rateLimit, websocket] = await Promise.all([
    import('fastify'),
    import('@fastify/cookie'),
    import('@fastify/helmet'),
    import('@fastify/rate-limit'),
    import('@fastify/websocket'),
  ]);
  return {
    fastify: fastify.default,
    cookie: cookie.default,
    helmet: helmet.default,
    rateLimit: rateLimit.default,
    websocket: websocket.default,
  };
}
