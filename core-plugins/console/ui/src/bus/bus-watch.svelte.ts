import type { BusObserved, BusRecord, BusStats } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';

const KEPT = 500;

/** What passes the bus while somebody looks, newest first, and its counters. */
export class BusWatch {
  readonly #bus: Bus;
  #records = $state.raw<readonly BusRecord[]>([]);
  #held = $state.raw<readonly BusRecord[]>([]);
  #paused = $state(false);
  #skipped = $state(0);
  #stats = $state.raw<BusStats | undefined>();
  #error = $state.raw<ApiError | undefined>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get records(): readonly BusRecord[] {
    return this.#records;
  }
  /** How many came while it was paused. */
  get held(): number {
    return this.#held.length;
  }
  /** Messages that were too many to tell. */
  get skipped(): number {
    return this.#skipped;
  }
  get stats(): BusStats | undefined {
    return this.#stats;
  }
  get error(): ApiError | undefined {
    return this.#error;
  }
  get paused(): boolean {
    return this.#paused;
  }
  set paused(paused: boolean) {
    this.#paused = paused;
    if (paused) return;
    this.#records = newest(this.#held, this.#records);
    this.#held = [];
  }

  /** Watches until undone: the kernel tells what passes only while somebody does. */
  begin(): () => void {
    return this.#bus.subscribe('kernel.bus.observed.v1', (observed) => this.#take(observed));
  }

  async load(): Promise<void> {
    try {
      this.#stats = await this.#bus.request('kernel.bus.stats.v1', {});
      this.#error = undefined;
    } catch (error) {
      this.#error = toApiError(error);
    }
  }

  clear(): void {
    this.#records = [];
    this.#held = [];
    this.#skipped = 0;
  }

  #take({ records, skipped }: BusObserved): void {
    const latest = records.toReversed();
    this.#skipped += skipped;
    if (this.#paused) this.#held = newest(latest, this.#held);
    else this.#records = newest(latest, this.#records);
  }
}

function newest(latest: readonly BusRecord[], before: readonly BusRecord[]): readonly BusRecord[] {
  return [...latest, ...before].slice(0, KEPT);
}
