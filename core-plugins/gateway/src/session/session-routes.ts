import { AicoError, isAicoError, type Session as SessionReply } from '@aico/sdk';
import { TOPICS } from '@aico/sdk/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { checkPayload } from '../rest/rest-input.ts';
import { startTrace } from '../start-trace.ts';
import { requireSession } from './require-session.ts';
import { clearToken, readToken, setToken } from './session-cookie.ts';
import { LOCKED } from './session-store.ts';

const PATH = '/api/v1/session';

/** Signing in is unlocking the vault: the vault alone knows the password, and counts wrong ones. */
export function registerSessionRoutes(app: FastifyInstance, parts: AppParts): void {
  const { bus, anyBus, sessions, settings, door, version } = parts;
  const narrow = { config: { rateLimit: { max: settings.signInsPerMinute, timeWindow: 60_000 } } };

  async function describe(csrf: string | undefined): Promise<SessionReply> {
    const { state, retryAfterMs, deviceError } = await bus.request('vault.status.get.v1', {});
    const reply: SessionReply = { authenticated: csrf !== undefined, vault: state, version };
    if (csrf !== undefined) reply.csrf = csrf;
    if (retryAfterMs !== undefined && retryAfterMs > 0) reply.retryAfterMs = retryAfterMs;
    // Whoever chose that nobody is asked for a password, and is asked, wants to know why.
    if (state === 'locked' && deviceError !== undefined) reply.deviceError = deviceError;
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

  /** The session begins before the vault is asked: who locks it, or changes the password meanwhile, ends this one, too. */
  async function signIn(topic: SignInTopic, request: FastifyRequest, reply: FastifyReply): Promise<SessionReply> {
    const input = readInput(topic, request);
    let begun = sessions.begin();
    try {
      await noted('session.begun', async () => {
        await anyBus.request(topic, input, { trace: startTrace(begun.session.origin) });
        if (!begun.session.ended.aborted) return;
        const { reason } = begun.session.ended;
        begun = sessions.begin();
        const isLet = reason === LOCKED && (await isOpenFor(input));
        if (!isLet || begun.session.ended.aborted)
          throw new AicoError('GATEWAY_SESSION_REQUIRED', { subject: subjectOf(request) });
      });
    } catch (error) {
      sessions.end(begun.token);
      throw error;
    }
    sessions.end(readToken(request, door.port));
    setToken(reply, door.port, begun.token, settings.sessionMs);
    return describe(begun.session.csrf);
  }

  /**
   * Whether the vault is open after all, by the password of a sign-in: a lock from before that came may have been told only after
   * it. Refused, it would leave an open vault to nobody. The vault looks at the password again, which may be another by now.
   */
  async function isOpenFor({ password, next = password }: SignInInput): Promise<boolean> {
    if ((await bus.request('vault.status.get.v1', {})).state !== 'unlocked') return false;
    await bus.request('vault.unlock.run.v1', { password: next });
    return true;
  }

  // A page that waits for AICO asks this by itself, with nobody in front of it: a session that is only asked for runs out.
  app.get(PATH, (request) => describe(sessions.find(readToken(request, door.port))?.csrf));

  app.post(PATH, narrow, (request, reply) => signIn('vault.unlock.run.v1', request, reply));
  app.post('/api/v1/setup', narrow, (request, reply) => signIn('vault.setup.run.v1', request, reply));
  app.post(`${PATH}/recovery`, narrow, (request, reply) => signIn('vault.recovery.unlock.v1', request, reply));

  app.delete(PATH, { onRequest: async (request) => void requireSession(parts, request) }, async (request, reply) => {
    sessions.end(readToken(request, door.port));
    clearToken(reply, door.port);
    await noted('session.ended', async () => {});
    return describe(undefined);
  });
}

type SignInTopic = 'vault.unlock.run.v1' | 'vault.setup.run.v1' | 'vault.recovery.unlock.v1';

/** What a sign-in was asked with: the password of now, or the one that is to be. */
interface SignInInput {
  readonly password: string;
  readonly next?: string;
}

/** @throws AicoError GATEWAY_INPUT_INVALID, which names the rule and never what was typed */
function readInput(topic: SignInTopic, request: FastifyRequest): SignInInput {
  const contract = TOPICS.find((each) => each.topic === topic);
  if (contract === undefined) throw new Error(`${topic} is not in the topic table`);
  return checkPayload(contract, request.body ?? {}, subjectOf(request)) as SignInInput;
}

function subjectOf({ method, url }: FastifyRequest): string {
  return `${method} ${url}`;
}
