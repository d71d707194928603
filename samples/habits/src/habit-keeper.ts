import type { Storage } from '@aico/sdk';
import { EMPTY, type HabitBook } from './habit-book.ts';

const KEY = 'habits';

/** Keeps the book; changes come one after another, so that none is lost. */
export class HabitKeeper {
  readonly #storage: Pick<Storage, 'get' | 'set'>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(storage: Pick<Storage, 'get' | 'set'>) {
    this.#storage = storage;
  }

  async read(): Promise<HabitBook> {
    return (await this.#storage.get<HabitBook>(KEY)) ?? EMPTY;
  }

  /** Changes the book; answers what the change says of it. */
  change<Change extends { readonly book: HabitBook }>(make: (book: HabitBook) => Change): Promise<Change> {
    const turn = this.#last.then(async () => {
      const before = await this.read();
      const change = make(before);
      if (change.book !== before) await this.#storage.set(KEY, change.book);
      return change;
    });
    this.#last = turn.catch(() => {});
    return turn;
  }
}
