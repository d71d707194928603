import { isAicoError, type PayloadOf, type Session as SessionReply } from '@aico/sdk';
import { TOPICS } from '@aico/sdk/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { checkPayload } from '../rest/rest-input.ts';
import { requireSession } from './require-session.ts';
import { clearToken, readToken, setToken } from './session-cookie.ts';

const PATH = '/api/v1/session';

/** Signing in is unlocking the vault: the vault alone knows the password, and counts wrong ones. */
export function registerSessionRoutes(app: FastifyInstance, parts: AppParts): void {
  const { bus, sessions, settings, door, version } = parts;
  const narrow = { config: { rateLimit: { max: settings.signInsPerMinute, timeWindow: 60_000 } } };

  async function describe(csrf: string | undefined): Promise<SessionReply> {
    const { state, retryAfterMs } = await bus.request('vault.status.get.v1', {});
    const reply: SessionReply = { authenticated: csrf !== undefined, vault: state, version };
    if (csrf !== undefined) reply.csrf = csrf;
    if (retryAfterMs !== undefined && retryAfterMs > 0) reply.retryAfterMs = retryAfterMs;
    return reply;
  }

  /** A sign-in, or that one failed, is recorded. */
  async function noted<Result>(kind: string, work: () => Promise<Result>): Promise<Result> {
    try {
      const result = await work();
      await bus.request('kernel.trail.note.v1', { kind });
      return result;
    } catch (error) {
      const failed = isAicoError(error) ? error.code : 'SDK_HANDLER_FAILED';
      await bus.request('kernel.trail.note.v1', { kind, details: { failed } });
      throw error;
    }
  }

  function signIn(request: FastifyRequest, reply: FastifyReply): Promise<SessionReply> {
    sessions.end(readToken(request, door.port));
    const { token, session } = sessions.begin();
    setToken(reply, door.port, token, settings.sessionMs);
    return describe(session.csrf);
  }

  // A page that waits for AICO asks this by itself, with nobody in front of it: a session that is only asked for runs out.
  app.get(PATH, (request) => describe(sessions.find(readToken(request, door.port))?.csrf));

  app.post(PATH, narrow, async (request, reply) => {
    const { password } = readInput('vault.unlock.run.v1', request);
    await noted('session.begun', () => bus.request('vault.unlock.run.v1', { password }));
    return signIn(request, reply);
  });

  app.post('/api/v1/setup', narrow, async (request, reply) => {
    const { password } = readInput('vault.setup.run.v1', request);
    await noted('session.begun', () => bus.request('vault.setup.run.v1', { password }));
    return signIn(request, reply);
  });

  app.post(`${PATH}/recovery`, narrow, async (request, reply) => {
    const input = readInput('vault.recovery.unlock.v1', request);
    await noted('session.begun', () => bus.request('vault.recovery.unlock.v1', input));
    // Whoever knew the former password is signed out.
    sessions.endAll();
    return signIn(request, reply);
  });

  app.delete(PATH, { onRequest: async (request) => void requireSession(parts, request) }, async (request, reply) => {
    sessions.end(readToken(request, door.port));
    clearToken(reply, door.port);
    await noted('session.ended', async () => {});
    return describe(undefined);
  });
}

type SignInTopic = 'vault.unlock.run.v1' | 'vault.setup.run.v1' | 'vault.recovery.unlock.v1';

/** @throws AicoError GATEWAY_INPUT_INVALID, which names the rule and never what was typed */
function readInput<T extends SignInTopic>(topic: T, request: FastifyRequest): PayloadOf<T> {
  const contract = TOPICS.find((each) => each.topic === topic);
  if (contract === undefined) throw new Error(`${topic} is not in the topic table`);
  return checkPayload(contract, request.body ?? {}, `${request.method} ${request.url}`) as PayloadOf<T>;
}
