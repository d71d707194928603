import type { Undo } from '@aico/sdk';

/** How long a piece of a reply may wait until it is on disk, ms. */
export const KEEP_INTERVAL_MS = 400;

export interface ReplyKeeperPowers {
  keepText(text: string): Promise<void>;
  setTimer(milliseconds: number, handler: () => Promise<void>): Undo;
  onFailure(error: unknown): void;
}

/** Keeps a growing reply, so that a crash loses less than a second of it. One write at a time. */
export class ReplyKeeper {
  readonly #powers: ReplyKeeperPowers;
  #text = '';
  #timer: Undo | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(powers: ReplyKeeperPowers) {
    this.#powers = powers;
  }

  /** The reply as it stands. */
  update(text: string): void {
    this.#text = text;
    this.#timer ??= this.#powers.setTimer(KEEP_INTERVAL_MS, () => this.#keep());
  }

  /** Ends keeping; resolves when no write is under way. */
  async close(): Promise<void> {
    await this.#timer?.();
    await this.#writing;
  }

  async #keep(): Promise<void> {
    this.#timer = undefined;
    const text = this.#text;
    this.#writing = this.#writing.then(() => this.#powers.keepText(text)).catch(this.#powers.onFailure);
    await this.#writing;
  }
}
