import type { Memory } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';

const PAGE = 50;

/** What is remembered, as far as it was looked at. */
export class Memories {
  readonly #bus: Bus;
  #items = $state.raw<readonly Memory[]>([]);
  #total = $state(0);
  #next = $state<string | undefined>();
  #query = $state('');
  #loaded = $state(false);
  #error = $state.raw<ApiError | undefined>();
  #search = 0;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get items(): readonly Memory[] {
    return this.#items;
  }
  get total(): number {
    return this.#total;
  }
  get query(): string {
    return this.#query;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  get hasMore(): boolean {
    return this.#next !== undefined;
  }
  get error(): ApiError | undefined {
    return this.#error;
  }

  /** Finds memories; an empty query lists them all. An answer that a newer search overtook is dropped. */
  async search(query: string): Promise<void> {
    const search = ++this.#search;
    try {
      const page = await this.#bus.request('memory.list.v1', { ...(query !== '' && { query }), limit: PAGE });
      if (search !== this.#search) return;
      this.#items = page.memories;
      this.#total = page.total;
      this.#next = page.next;
      this.#query = query;
      this.#loaded = true;
      this.#error = undefined;
    } catch (error) {
      if (search === this.#search) this.#error = toApiError(error);
    }
  }

  /** Looks for the same again. */
  again(): Promise<void> {
    return this.search(this.#query);
  }

  /** The next page; one that a newer search overtook belongs to no list any more. */
  async more(): Promise<void> {
    const before = this.#next;
    if (before === undefined) return;
    const search = this.#search;
    try {
      const query = this.#query === '' ? {} : { query: this.#query };
      const page = await this.#bus.request('memory.list.v1', { ...query, before, limit: PAGE });
      if (search !== this.#search) return;
      const known = new Set(this.#items.map(({ id }) => id));
      this.#items = [...this.#items, ...page.memories.filter(({ id }) => !known.has(id))];
      this.#next = page.next;
    } catch (error) {
      if (search === this.#search) this.#error = toApiError(error);
    }
  }
}
