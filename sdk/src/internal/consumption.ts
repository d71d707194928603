import type { Timers } from './timers.ts';

/** Both lie far below what the kernel lets be on its way, so that nobody waits for a window that is open. */
const MESSAGES = 1_024;
const CHARACTERS = 1024 * 1024;
const DELAY_MS = 5;

/**
 * What was consumed and the kernel does not know of. It is told of many messages at a time, as each frame costs both sides more than
 * the messages themselves, and wakes the kernel where it has nothing else to do.
 */
export class Consumption {
  readonly #tell: (messages: number) => void;
  readonly #timers: Timers;
  #messages = 0;
  #characters = 0;
  #stopTimer: (() => void) | undefined;

  constructor(timers: Timers, tell: (messages: number) => void) {
    this.#timers = timers;
    this.#tell = tell;
  }

  /** One more, with so many characters of payload. */
  add(characters: number): void {
    this.#messages += 1;
    this.#characters += characters;
    if (this.#messages >= MESSAGES || this.#characters >= CHARACTERS) this.tell();
    else this.#stopTimer ??= this.#timers.after(DELAY_MS, () => this.tell());
  }

  /** Tells now. */
  tell(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (this.#messages === 0) return;
    const told = this.#messages;
    this.#messages = 0;
    this.#characters = 0;
    this.#tell(told);
  }
}
