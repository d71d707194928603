import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createOrigin } from '../start-trace.ts';

const TOKEN_BYTES = 32;
const MAX_SESSIONS = 100;

/** A signed-in browser. */
export interface Session {
  /** Sent with each change, so that no other page can make the browser ask for one. */
  readonly csrf: string;
  /** Of every trace that begins with this browser. */
  readonly origin: string;
  /** Aborts when the session ends, for whatever reason; with `LOCKED` when the vault was locked. */
  readonly ended: AbortSignal;
}

/** Why sessions end whose vault is locked. */
export const LOCKED = 'locked';

interface Entry extends Session {
  readonly abort: AbortController;
  readonly createdAt: number;
  lastUsedAt: number;
}

export interface SessionStoreOptions {
  readonly now: () => number;
  readonly idleMs: number;
  readonly absoluteMs: number;
}

/** The sessions, in memory alone. Of a token only its SHA-256 is kept: what is read out of memory opens nothing. */
export class SessionStore {
  readonly #options: SessionStoreOptions;
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();

  constructor(options: SessionStoreOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Begins a session; its token is told this once. */
  begin(): { readonly token: string; readonly session: Session } {
    const token = randomToken();
    const abort = new AbortController();
    const now = this.#options.now();
    const entry: Entry = {
      ...{ csrf: randomToken(), origin: createOrigin(), ended: abort.signal, abort },
      ...{ createdAt: now, lastUsedAt: now },
    };
    this.#entries.set(digest(token), entry);
    if (this.#entries.size > MAX_SESSIONS) this.#end([...this.#entries.keys()][0]);
    return { token, session: entry };
  }

  /** The session of a token; undefined when there is none or it has run out. Being looked at is no use of it. */
  find(token: string | undefined): Session | undefined {
    return this.#find(token)?.entry;
  }

  /** The session of a token, now used; undefined when there is none or it has run out. */
  use(token: string | undefined): Session | undefined {
    const found = this.#find(token);
    if (found === undefined) return undefined;
    const { key, entry } = found;
    entry.lastUsedAt = this.#options.now();
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  /** Ends the session of a token. */
  end(token: string | undefined): void {
    if (token !== undefined) this.#end(digest(token));
  }

  /** Ends every session; @param but the origin of one that stays */
  endAll(but?: string): void {
    for (const [key, { origin }] of [...this.#entries]) if (origin !== but) this.#end(key);
  }

  /** Ends every session, as the vault is locked. */
  lock(): void {
    for (const key of [...this.#entries.keys()]) this.#end(key, LOCKED);
  }

  /** Ends what has run out, so that its sockets close without being asked. */
  sweep(): void {
    for (const [key, entry] of [...this.#entries]) if (this.#hasRunOut(entry)) this.#end(key);
  }

  #find(token: string | undefined): { readonly key: string; readonly entry: Entry } | undefined {
    if (token === undefined || token.length > 100) return undefined;
    const key = digest(token);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (!this.#hasRunOut(entry)) return { key, entry };
    this.#end(key);
    return undefined;
  }

  #hasRunOut({ createdAt, lastUsedAt }: Entry): boolean {
    const now = this.#options.now();
    return now - lastUsedAt > this.#options.idleMs || now - createdAt > this.#options.absoluteMs;
  }

  #end(key: string | undefined, why?: typeof LOCKED): void {
    const entry = key === undefined ? undefined : this.#entries.get(key);
    if (key === undefined || entry === undefined) return;
    this.#entries.delete(key);
    entry.abort.abort(why);
  }
}

/** Whether a header carries the session's token, compared in constant time. */
export function isCsrfOf(session: Session, header: unknown): boolean {
  if (typeof header !== 'string' || header.length !== session.csrf.length) return false;
  return timingSafeEqual(Buffer.from(digest(header)), Buffer.from(digest(session.csrf)));
}

function randomToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
