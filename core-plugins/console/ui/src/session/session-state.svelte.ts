import type { ErrorReport, Session } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { SessionClient } from '../api/session-client.ts';

/** loading: not asked yet. away: AICO did not answer, or with an error. Then where the vault stands for this browser. */
export type Phase = 'loading' | 'away' | 'empty' | 'locked' | 'signedIn';

/** Whether this browser is signed in. Passwords and codes pass through and are kept nowhere. */
export class SessionState {
  readonly #client: SessionClient;
  readonly #onSignedOut: () => void;
  #session = $state.raw<Session | undefined>();
  #phase = $state<Phase>('loading');
  #error = $state.raw<ApiError | undefined>();

  /** @param onSignedOut called whenever this browser is signed in no more, whoever ended that */
  constructor(client: SessionClient, onSignedOut: () => void) {
    this.#client = client;
    this.#onSignedOut = onSignedOut;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** What AICO answered while it could not be told where things stand. */
  get error(): ApiError | undefined {
    return this.#error;
  }

  get version(): string | undefined {
    return this.#session?.version;
  }

  /** Milliseconds to wait before the next password, as of the last answer. */
  get retryAfterMs(): number | undefined {
    return this.#session?.retryAfterMs;
  }

  /** Why the keyring of this device, which is to open the vault, did not. */
  get deviceError(): ErrorReport | undefined {
    return this.#session?.deviceError;
  }

  /** Asks where things stand. A browser that was signed in stays so while AICO is away: what was read stays readable. */
  async refresh(): Promise<Phase> {
    try {
      this.#take(await this.#client.get());
    } catch (error) {
      const problem = toApiError(error);
      const isAway = problem.code === 'CONSOLE_DAEMON_AWAY';
      // Only a page that shows nothing yet has room for an error; what stands is left to who asked.
      if (!isAway && this.#phase !== 'loading' && this.#phase !== 'away') throw error;
      if (this.#phase === 'signedIn') return 'away';
      this.#phase = 'away';
      this.#error = isAway ? undefined : problem;
    }
    return this.#phase;
  }

  async signIn(password: string): Promise<void> {
    this.#take(await this.#client.signIn(password));
  }

  async recover(code: string, next: string): Promise<void> {
    this.#take(await this.#client.recover(code, next));
  }

  async setUp(password: string): Promise<void> {
    this.#take(await this.#client.setUp(password));
  }

  /** The vault was locked, here or elsewhere. */
  markLocked(): void {
    this.#enter('locked');
  }

  #take(session: Session): void {
    this.#session = session;
    this.#enter(phaseOf(session));
  }

  #enter(phase: Phase): void {
    const before = this.#phase;
    this.#phase = phase;
    if (before === 'signedIn' && phase !== 'signedIn') this.#onSignedOut();
  }
}

function phaseOf(session: Session): Phase {
  if (session.vault === 'empty') return 'empty';
  return session.vault === 'unlocked' && session.authenticated ? 'signedIn' : 'locked';
}
