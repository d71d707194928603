import type { Session } from '@aico/sdk';
import { ApiError, answerUnreadable, daemonAway, isRecord, parseReport } from './api-error.ts';

const BASE = '/api/v1';

/** The few calls that come before a WebSocket: signing in, and the first password. The cookie is the browser's to keep. */
export class SessionClient {
  readonly #fetch: typeof fetch;
  #csrf = '';

  constructor(fetcher: typeof fetch) {
    this.#fetch = fetcher;
  }

  /** @throws ApiError CONSOLE_DAEMON_AWAY */
  get(): Promise<Session> {
    return this.#send('GET', '/session');
  }

  /** Unlocks the vault, or signs in to an open one. @throws ApiError VAULT_… */
  signIn(password: string): Promise<Session> {
    return this.#send('POST', '/session', { password });
  }

  /** Unlocks the vault by the recovery code, and sets a new password. @throws ApiError VAULT_… */
  recover(code: string, next: string): Promise<Session> {
    return this.#send('POST', '/session/recovery', { code, next });
  }

  /** Creates the vault. @throws ApiError VAULT_… */
  setUp(password: string): Promise<Session> {
    return this.#send('POST', '/setup', { password });
  }

  async #send(method: string, path: string, body?: object): Promise<Session> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (this.#csrf !== '') headers['x-aico-csrf'] = this.#csrf;
    const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
    if (body) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(body);
    }
    const response = await this.#fetch(BASE + path, init).catch((cause: unknown) => Promise.reject(daemonAway(cause)));
    const answer = await readJson(response, path);
    if (!response.ok) throw new ApiError(parseReport(answer) ?? answerUnreadable(path).report);
    if (isSession(answer)) {
      this.#csrf = answer.csrf ?? '';
      return answer;
    }
    if (method === 'GET') throw answerUnreadable(path);
    return this.get();
  }
}

async function readJson(response: Response, subject: string): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw answerUnreadable(subject, cause);
  }
}

function isSession(value: unknown): value is Session {
  return isRecord(value) && typeof value['authenticated'] === 'boolean' && typeof value['vault'] === 'string';
}
