import { AicoError, type Bus, type Fetch, isAicoError } from '@aico/sdk';

/** What Chroma's REST interface is asked; `text` is JSON. */
export interface Asked {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly text?: string;
}

/** A way to a Chroma server. */
export interface ChromaWay {
  /** Tells one server from another: what is kept of one holds for it alone. */
  readonly identity: string;
  /** @throws AicoError NET_…, VECTOR_SERVER_AWAY, … */
  ask(asked: Asked): Promise<{ readonly status: number; readonly text: string }>;
}

const TIMEOUT_MS = 60_000;
/** Nobody serves it, or whoever did went away. */
const ABSENT = new Set(['KERNEL_NO_SERVER', 'KERNEL_SERVER_GONE']);

/** A server of the user's, at the address that is in the settings now. */
export function overNetwork(fetch: Fetch, address: () => string): ChromaWay {
  const origin = (): string => address().replace(/\/$/, '');
  return {
    get identity() {
      return origin();
    },
    ask: async ({ method, path, text }) => {
      const headers = { 'content-type': 'application/json' };
      const content = text === undefined ? {} : { body: text };
      const options = { method, headers, timeoutMs: TIMEOUT_MS, redirect: 'error', ...content } as const;
      const answer = await fetch(`${origin()}${path}`, options);
      return { status: answer.status, text: await answer.text() };
    },
  };
}

/** The server that the plugin `chroma-server` starts. */
export function overOwnServer(bus: Pick<Bus, 'request'>): ChromaWay {
  return {
    identity: 'own',
    ask: async (asked) => {
      try {
        return await bus.request('vector.server.ask.v1', asked, { timeoutMs: TIMEOUT_MS });
      } catch (cause) {
        if (!isAicoError(cause) || !ABSENT.has(cause.code)) throw cause;
        const problem = 'the plugin chroma-server is off, or waits for the encrypted folder';
        throw new AicoError('VECTOR_SERVER_AWAY', { subject: 'chroma', details: { problem }, cause });
      }
    },
  };
}

/** The one of two that is chosen now. */
export function eitherWay(first: ChromaWay, second: ChromaWay, isSecond: () => boolean): ChromaWay {
  const chosen = (): ChromaWay => (isSecond() ? second : first);
  return {
    get identity() {
      return chosen().identity;
    },
    ask: (asked) => chosen().ask(asked),
  };
}
