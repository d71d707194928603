import type { DeadLetter, DeadLetterView } from '@aico/sdk';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';

const PAGE = 50;

/** Events that a plugin could not handle, as far as they were looked at. */
export class Letters {
  readonly #bus: Bus;
  #items = $state.raw<readonly DeadLetter[]>([]);
  #total = $state(0);
  #shown = PAGE;
  #loaded = $state(false);
  #error = $state.raw<ApiError | undefined>();
  #failed = $state.raw<ApiError | undefined>();
  /** What the opened ones say. */
  readonly opened: SvelteMap<string, DeadLetterView> = new SvelteMap();
  /** Those that something is being done with. */
  readonly busy: SvelteSet<string> = new SvelteSet();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get items(): readonly DeadLetter[] {
    return this.#items;
  }
  get total(): number {
    return this.#total;
  }
  get hasMore(): boolean {
    return this.#items.length < this.#total;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  /** Why they could not be looked at the last time. */
  get error(): ApiError | undefined {
    return this.#error;
  }
  /** Why the last thing that was done with some did not come about; until the next is done, or it is dismissed. */
  get failed(): ApiError | undefined {
    return this.#failed;
  }

  dismiss(): void {
    this.#failed = undefined;
  }

  async load(): Promise<void> {
    try {
      const letters: DeadLetter[] = [];
      let total = 0;
      do {
        const before = letters.at(-1)?.sequence;
        const page = await this.#bus.request('journal.dead.list.v1', { limit: PAGE, ...(before && { before }) });
        letters.push(...page.letters);
        total = page.total;
        if (page.letters.length === 0) break;
      } while (letters.length < Math.min(this.#shown, total));
      [this.#items, this.#total, this.#loaded, this.#error] = [letters, total, true, undefined];
    } catch (error) {
      this.#error = toApiError(error);
    }
  }

  async more(): Promise<void> {
    this.#shown += PAGE;
    await this.load();
  }

  /** Looks into one. */
  async open({ group, sequence }: DeadLetter): Promise<void> {
    await this.#with({ group, sequence }, async (key) => {
      this.opened.set(key, await this.#bus.request('journal.dead.get.v1', { group, sequence }));
    });
  }

  /** Hands some to their groups once more. @returns whether all went */
  replay(letters: readonly DeadLetter[]): Promise<boolean> {
    return this.#each(letters, 'journal.dead.replay.v1');
  }

  /** Gives some up for good. @returns whether all went */
  discard(letters: readonly DeadLetter[]): Promise<boolean> {
    return this.#each(letters, 'journal.dead.discard.v1');
  }

  async #each(
    letters: readonly DeadLetter[],
    topic: 'journal.dead.replay.v1' | 'journal.dead.discard.v1',
  ): Promise<boolean> {
    let done = true;
    // Oldest first: events of one key are to be handled in their order.
    for (const { group, sequence } of [...letters].sort((one, other) => one.sequence - other.sequence)) {
      done &&= await this.#with({ group, sequence }, async () => {
        await this.#bus.request(topic, { group, sequence });
      });
    }
    await this.load();
    return done;
  }

  async #with(letter: Pick<DeadLetter, 'group' | 'sequence'>, act: (key: string) => Promise<void>): Promise<boolean> {
    const key = keyOf(letter);
    this.busy.add(key);
    this.#failed = undefined;
    try {
      await act(key);
      return true;
    } catch (error) {
      this.#failed = toApiError(error);
      return false;
    } finally {
      this.busy.delete(key);
    }
  }
}

/** One event may have been given up by several groups. */
export function keyOf({ group, sequence }: Pick<DeadLetter, 'group' | 'sequence'>): string {
  return `${group} ${sequence}`;
}
