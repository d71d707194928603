import type { FastifyReply, FastifyRequest } from 'fastify';

/** A cookie is sent to every port of a host, so its name holds ours: two instances do not sign each other out. */
export function cookieName(port: number): string {
  return `aico-session-${port}`;
}

/** The token that a browser sent. */
export function readToken(request: FastifyRequest, port: number): string | undefined {
  return request.cookies[cookieName(port)];
}

/** Hands the token to the browser, out of reach of scripts and of other sites. There is no TLS yet, hence no Secure. */
export function setToken(reply: FastifyReply, port: number, token: string, lifeMs: number): void {
  reply.setCookie(cookieName(port), token, { ...ATTRIBUTES, maxAge: Math.floor(lifeMs / 1000) });
}

export function clearToken(reply: FastifyReply, port: number): void {
  reply.clearCookie(cookieName(port), ATTRIBUTES);
}

const ATTRIBUTES = { path: '/', httpOnly: true, sameSite: 'strict' } as const;
