import type { Permission } from '@aico/schemas';
import type { Clock } from '../contracts/clock.ts';

/** How long the user has to answer; the SDK waits a little longer. */
const ANSWER_WITHIN_MS = 120_000;
/** Questions of one plugin at a time: a person is not to be worn down. */
const MAX_OPEN = 3;

type Wish = Pick<Permission, 'verb' | 'topic'>;

interface Question {
  readonly plugin: string;
  readonly promise: Promise<boolean>;
  readonly settle: (granted: boolean) => void;
}

/** Questions to the user that plugins wait for. One that nobody answers is a no, and is not put again before a restart. */
export class PermissionQuestions {
  readonly #clock: Clock;
  readonly #onChange: (plugin: string) => void;
  readonly #open = new Map<string, Question>();
  readonly #unanswered = new Set<string>();

  /** @param onChange told when a plugin's questions are others than before */
  constructor(clock: Clock, onChange: (plugin: string) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  isOpen(plugin: string, wish: Wish): boolean {
    return this.#open.has(keyOf(plugin, wish));
  }

  /** Puts a question, or joins the one that is open; resolves to the answer. */
  put(plugin: string, wish: Wish): Promise<boolean> {
    const key = keyOf(plugin, wish);
    const open = this.#open.get(key);
    if (open !== undefined) return open.promise;
    const others = [...this.#open.values()].filter((question) => question.plugin === plugin);
    if (this.#unanswered.has(key) || others.length >= MAX_OPEN) return Promise.resolve(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const stop = this.#clock.after(ANSWER_WITHIN_MS, () => {
      this.#unanswered.add(key);
      this.settle(plugin, wish, false);
    });
    const settle = (granted: boolean): void => {
      stop();
      this.#open.delete(key);
      resolve(granted);
      this.#onChange(plugin);
    };
    this.#open.set(key, { plugin, promise, settle });
    this.#onChange(plugin);
    return promise;
  }

  settle(plugin: string, wish: Wish, granted: boolean): void {
    this.#open.get(keyOf(plugin, wish))?.settle(granted);
  }

  /** Ends every question of a plugin, or of all, with a no. */
  drop(plugin?: string): void {
    for (const question of [...this.#open.values()])
      if (plugin === undefined || question.plugin === plugin) question.settle(false);
  }
}

function keyOf(plugin: string, { verb, topic }: Wish): string {
  return `${plugin} ${verb} ${topic}`;
}
