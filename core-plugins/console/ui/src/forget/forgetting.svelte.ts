import type { ForgetPlan, ForgetProgress, ForgetReceipt, PlannedItem } from '@aico/sdk';
import { SvelteSet } from 'svelte/reactivity';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';
import type { ForgetWish } from './forget-wish.ts';

const FIND_TIMEOUT_MS = 5 * 60_000;

/** One wish from the look to the receipt: what is kept, what of it was chosen, how far it is, what went. */
export class Forgetting {
  readonly #bus: Bus;
  readonly #wish: ForgetWish;
  readonly #kept = new SvelteSet<string>();
  #plan = $state.raw<ForgetPlan | undefined>();
  #progress = $state.raw<ForgetProgress | undefined>();
  #receipt = $state.raw<ForgetReceipt | undefined>();
  #error = $state.raw<ApiError | undefined>();
  #isRunning = $state(false);

  constructor(bus: Bus, wish: ForgetWish) {
    this.#bus = bus;
    this.#wish = wish;
  }

  get plan(): ForgetPlan | undefined {
    return this.#plan;
  }
  get progress(): ForgetProgress | undefined {
    return this.#progress;
  }
  get receipt(): ForgetReceipt | undefined {
    return this.#receipt;
  }
  get error(): ApiError | undefined {
    return this.#error;
  }
  get isRunning(): boolean {
    return this.#isRunning;
  }
  get chosen(): readonly PlannedItem[] {
    return (this.#plan?.items ?? []).filter((item) => this.isChosen(item));
  }

  isChosen(item: PlannedItem): boolean {
    return !this.#kept.has(keyOf(item));
  }

  choose(item: PlannedItem, chosen: boolean): void {
    if (chosen) this.#kept.delete(keyOf(item));
    else this.#kept.add(keyOf(item));
  }

  async look(): Promise<void> {
    this.#error = undefined;
    try {
      const { search } = this.#wish;
      this.#plan = await this.#bus.request('privacy.forget.find.v1', search, { timeoutMs: FIND_TIMEOUT_MS });
    } catch (error) {
      this.#error = toApiError(error);
    }
  }

  async run(backups: boolean): Promise<void> {
    this.#isRunning = true;
    this.#error = undefined;
    const items = this.chosen.map(({ plugin, kind, id, when }) => ({ plugin, kind, id, when }));
    try {
      const { scope, search } = this.#wish;
      const plugins = this.#plan?.absent ?? [];
      const wish = { scope, items, backups, ...(plugins.length > 0 && { unasked: { search, plugins } }) };
      const stream = this.#bus.stream('privacy.forget.run.v1', wish, (progress) => {
        this.#progress = progress;
      });
      this.#receipt = await stream.result;
    } catch (error) {
      this.#error = toApiError(error);
    } finally {
      this.#isRunning = false;
    }
  }
}

export function keyOf({ plugin, kind, id }: PlannedItem): string {
  return `${plugin} ${kind} ${id}`;
}
