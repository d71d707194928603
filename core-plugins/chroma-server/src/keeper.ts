import { AicoError, type Log, type PluginContext, type VectorServerAnswer, type VectorServerAsk } from '@aico/sdk';
import type { SealedChroma } from './sealed-chroma.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** What ran so long ran well: the next end is a first one. */
const STEADY_MS = 60_000;

export interface KeeperPowers {
  /** @throws Error that says why it cannot be started */
  readonly start: () => SealedChroma;
  readonly setTimer: PluginContext['setTimer'];
  readonly now: () => number;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** Keeps Chroma running: what ended is started again, after 1, 2, 4 … 60 seconds. */
export class ChromaKeeper {
  readonly #powers: KeeperPowers;
  #running: SealedChroma | undefined;
  #problem = 'it is not started yet';
  #told = '';
  #inARow = 0;
  #closed = false;

  constructor(powers: KeeperPowers) {
    this.#powers = powers;
  }

  /** Starts it, and again whenever it ends. */
  begin(): void {
    if (this.#closed) return;
    try {
      this.#running = this.#powers.start();
    } catch (error) {
      this.#again(messageOf(error));
      return;
    }
    void this.#follow(this.#running);
  }

  /** Waits for a start that is on its way. @throws AicoError VECTOR_SERVER_AWAY */
  async ask(subject: string, asked: VectorServerAsk): Promise<VectorServerAnswer> {
    try {
      if (this.#running === undefined) throw new Error(this.#problem);
      await this.#running.ready;
      return await this.#running.ask(asked);
    } catch (cause) {
      throw new AicoError('VECTOR_SERVER_AWAY', { subject, details: { problem: messageOf(cause) }, cause });
    }
  }

  /** Ends it, and waits until nothing of it is left. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running?.stop();
  }

  async #follow(chroma: SealedChroma): Promise<void> {
    const { log, now } = this.#powers;
    let since: number | undefined;
    await chroma.ready.then(
      () => {
        since = now();
        this.#told = '';
        log.info('Chroma runs, with its files in the encrypted folder, in a network of its own.');
      },
      () => undefined,
    );
    const why = await chroma.ended;
    this.#running = undefined;
    if (since !== undefined && now() - since >= STEADY_MS) this.#inARow = 0;
    this.#again(why);
  }

  #again(problem: string): void {
    this.#problem = problem;
    if (this.#closed) return;
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#inARow);
    this.#inARow += 1;
    // The same again and again says nothing new.
    if (this.#told !== problem) this.#powers.log.warn('Chroma does not run; it is tried again.', { problem, waitMs });
    this.#told = problem;
    this.#powers.setTimer(waitMs, () => this.begin());
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
