import { AicoError, type Log, type PluginContext } from '@aico/sdk';
import type { Mounted } from './mount-folder.ts';
import { unavailable } from './run-program.ts';

const FIRST_WAIT_MS = 1_000;
const MOST_TRIES = 6;
/** What was open for so long was open well: the next end is a first one. */
const STEADY_MS = 60_000;

export interface KeeperPowers {
  /** @throws AicoError */
  readonly mount: () => Promise<Mounted>;
  /** Tells whether the folder is open; resolves when those that need it have come or gone. */
  readonly tell: (isOpen: boolean) => Promise<void>;
  readonly setTimer: PluginContext['setTimer'];
  readonly now: () => number;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
}

/** Keeps the encrypted folder open: one whose gocryptfs ended is opened again, at once and after 1, 2, 4, 8 and 16 seconds. */
export class FolderKeeper {
  readonly #powers: KeeperPowers;
  #state: Mounted | AicoError = unavailable('it is not open yet');
  #tries = 0;
  #since = 0;
  #closed = false;
  #turn: Promise<void> = Promise.resolve();

  constructor(powers: KeeperPowers) {
    this.#powers = powers;
  }

  /** Opens it. Where that is impossible, whoever asks is told why. */
  async begin(): Promise<void> {
    const { log } = this.#powers;
    await this.#inTurn(async () => {
      try {
        await this.#open();
        log.info('The encrypted folder is open.');
      } catch (error) {
        this.#state = asUnavailable(error);
        log.warn(`${this.#state.message} ${this.#state.fix}`, { code: this.#state.code });
      }
    });
  }

  /** Tells that it is open, if it is, once whoever needs it may ask. */
  async announce(): Promise<void> {
    await this.#inTurn(async () => {
      if (!(this.#state instanceof AicoError)) await this.#powers.tell(true);
    });
  }

  /** The open folder. @throws AicoError VAULT_FOLDER_UNAVAILABLE, also where nobody answers and this was not heard yet */
  async folder(): Promise<Mounted> {
    const state = this.#state;
    if (state instanceof AicoError) throw state;
    if (await state.answers()) return state;
    throw unavailable('gocryptfs does not answer');
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn;
    if (!(this.#state instanceof AicoError)) await this.#state.unmount();
  }

  async #open(): Promise<void> {
    const mounted = await this.#powers.mount();
    this.#state = mounted;
    this.#since = this.#powers.now();
    void mounted.lost.then((why) => this.#inTurn(() => this.#lost(mounted, why)));
  }

  /** Those that keep files there go first; the dead mount, where nothing can be written, goes only then. */
  async #lost(mounted: Mounted, why: string): Promise<void> {
    const { log, now, tell } = this.#powers;
    if (this.#closed || this.#state !== mounted) return;
    this.#state = unavailable(`${why}; it is being opened again`);
    log.warn('The encrypted folder fell; it is opened again.', { problem: why });
    if (now() - this.#since >= STEADY_MS) this.#tries = 0;
    // Nobody hears it where AICO is stopping; the mount goes all the same.
    await tell(false).catch((error: unknown) => log.warn(String(error)));
    await mounted.unmount();
    await this.#again(why);
  }

  async #again(why: string): Promise<void> {
    const { log, setTimer, tell } = this.#powers;
    if (this.#closed) return;
    if (this.#tries === MOST_TRIES) {
      this.#state = unavailable(`${why}, ${MOST_TRIES} times in a row`);
      log.error(`${this.#state.message} ${this.#state.fix}`, { code: this.#state.code });
      return;
    }
    const waitMs = this.#tries === 0 ? 0 : FIRST_WAIT_MS * 2 ** (this.#tries - 1);
    this.#tries += 1;
    const retry = async (): Promise<void> => {
      if (this.#closed) return;
      try {
        await this.#open();
      } catch (error) {
        this.#state = asUnavailable(error);
        // The vault was locked meanwhile: it is opened with it.
        if (this.#state.code !== 'VAULT_LOCKED') await this.#again(String(this.#state.details['problem'] ?? why));
        return;
      }
      log.info('The encrypted folder is open again.');
      await tell(true);
    };
    if (waitMs === 0) await retry();
    else setTimer(waitMs, () => this.#inTurn(retry));
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch((error: unknown) => this.#powers.log.error(String(error)));
    return turn;
  }
}

function asUnavailable(error: unknown): AicoError {
  if (error instanceof AicoError) return error;
  throw error;
}
