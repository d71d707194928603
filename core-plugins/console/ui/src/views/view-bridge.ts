import { toApiError } from '../api/api-error.ts';

/** Characters of one message. */
const MAX_TEXT = 128 * 1024;
const MAX_AT_A_TIME = 8;
const BURST = 20;
const PER_SECOND = 10;
/** Questions too many that are answered by a refusal before the view is stopped. */
const MAX_REFUSED = 50;
const NAME = /^[A-Za-z][A-Za-z0-9.-]{0,63}$/;

/** The few powers that a bridge needs. */
export interface BridgePowers {
  /** Asks the plugin of the view, and no other. */
  readonly ask: (name: string, data: unknown) => Promise<unknown>;
  readonly send: (text: string) => void;
  /** Ends the view for good. */
  readonly stop: () => void;
  readonly now: () => number;
}

/** The app's side of what a view says. Whatever comes from there may be hostile: it is text of a few shapes, or the end. */
export class ViewBridge {
  readonly #powers: BridgePowers;
  #running = 0;
  #refused = 0;
  #left = BURST;
  #at: number;
  #stopped = false;

  constructor(powers: BridgePowers) {
    this.#powers = powers;
    this.#at = powers.now();
  }

  /** Takes a message as it came. */
  receive(message: unknown): void {
    if (this.#stopped) return;
    const question = readQuestion(message);
    if (question === undefined) this.stop();
    else if (!NAME.test(question.name)) this.#refuse(question.id, 'its name is none');
    else if (this.#running >= MAX_AT_A_TIME) this.#refuse(question.id, `more than ${MAX_AT_A_TIME} at a time`);
    else if (!this.#take()) this.#refuse(question.id, `more than ${PER_SECOND} a second`);
    else void this.#answer(question);
  }

  /** Nothing is heard or said any more; once. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#powers.stop();
  }

  /** Tells the view something of its own accord. */
  tell(message: object): void {
    if (!this.#stopped) this.#powers.send(JSON.stringify(message));
  }

  async #answer({ id, name, data }: Question): Promise<void> {
    this.#running += 1;
    try {
      this.tell({ id, data: await this.#powers.ask(name, data) });
    } catch (thrown) {
      const { code, message, fix } = toApiError(thrown).report;
      this.tell({ id, error: { code, message, fix } });
    } finally {
      this.#running -= 1;
    }
  }

  #refuse(id: number, problem: string): void {
    this.#refused += 1;
    if (this.#refused > MAX_REFUSED) {
      this.stop();
      return;
    }
    const message = `The view asks its plugin in a way that is not let through: ${problem}.`;
    this.tell({ id, error: { code: 'CONSOLE_VIEW_ASK_REFUSED', message } });
  }

  /** A token bucket: a burst, then so many a second. */
  #take(): boolean {
    const now = this.#powers.now();
    this.#left = Math.min(BURST, this.#left + ((now - this.#at) / 1000) * PER_SECOND);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

interface Question {
  readonly id: number;
  readonly name: string;
  readonly data: unknown;
}

function readQuestion(message: unknown): Question | undefined {
  if (typeof message !== 'string' || message.length > MAX_TEXT) return undefined;
  try {
    const { id, name, data } = JSON.parse(message) as Partial<Question>;
    if (!Number.isSafeInteger(id) || typeof name !== 'string') return undefined;
    return { id: id as number, name, data };
  } catch {
    return undefined;
  }
}
