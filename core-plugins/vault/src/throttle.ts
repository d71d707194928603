/** What outlives a restart. */
export interface ThrottleState {
  readonly failures: number;
  /** Epoch milliseconds of the last wrong password. */
  readonly lastFailure: number;
}

const FREE_TRIES = 3;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const NO_FAILURES: ThrottleState = { failures: 0, lastFailure: 0 };

/** How long to wait after so many wrong passwords in a row, in ms. */
export function waitAfter(failures: number): number {
  if (failures < FREE_TRIES) return 0;
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - FREE_TRIES, 16));
}

/** Slows down the guessing of passwords: after three wrong ones each try waits longer. */
export class Throttle {
  #state: ThrottleState;
  readonly #now: () => number;
  readonly #keep: (state: ThrottleState) => void;

  /** @param keep Makes a change outlive a restart, before the answer is given. */
  constructor(kept: ThrottleState | undefined, now: () => number, keep: (state: ThrottleState) => void) {
    this.#state = kept ?? NO_FAILURES;
    this.#now = now;
    this.#keep = keep;
  }

  /** Milliseconds until the next try; 0 when it may come now. */
  get retryAfterMs(): number {
    const wait = waitAfter(this.#state.failures);
    // A clock that was set back must not lengthen the wait.
    const left = Math.min(this.#state.lastFailure + wait - this.#now(), wait);
    return Math.max(0, Math.ceil(left));
  }

  failed(): void {
    this.#change({ failures: this.#state.failures + 1, lastFailure: this.#now() });
  }

  succeeded(): void {
    if (this.#state.failures > 0) this.#change(NO_FAILURES);
  }

  #change(state: ThrottleState): void {
    this.#state = state;
    this.#keep(state);
  }
}

/** Reads what was kept. A damaged file counts as four wrong passwords just now: never a way around the wait. */
export function parseThrottleState(bytes: Uint8Array | undefined, now: number): ThrottleState | undefined {
  if (bytes === undefined) return undefined;
  try {
    const { failures, lastFailure } = JSON.parse(Buffer.from(bytes).toString('utf8')) as ThrottleState;
    if (Number.isInteger(failures) && failures >= 0 && Number.isFinite(lastFailure)) return { failures, lastFailure };
  } catch {
    // Falls through to the cautious answer.
  }
  return { failures: FREE_TRIES + 1, lastFailure: now };
}
