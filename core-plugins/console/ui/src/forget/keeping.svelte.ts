import type { RetentionPolicy, RetentionPreview, RetentionState } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';

const FIND_TIMEOUT_MS = 5 * 60_000;
/** Days that are offered; 0 is for ever. */
const OFFERED = [0, 365, 180, 90, 30] as const;

/** For how long what was said is kept: what holds, what was chosen and not said yes to, and what would go then. */
export class Keeping {
  readonly #bus: Bus;
  #state = $state.raw<RetentionState | undefined>();
  #draft = $state.raw<RetentionPolicy | undefined>();
  #preview = $state.raw<RetentionPreview | undefined>();
  #error = $state.raw<ApiError | undefined>();
  #isBusy = $state(false);

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get state(): RetentionState | undefined {
    return this.#state;
  }
  get draft(): RetentionPolicy | undefined {
    return this.#draft ?? this.#state?.policy;
  }
  get preview(): RetentionPreview | undefined {
    return this.#preview;
  }
  get error(): ApiError | undefined {
    return this.#error;
  }
  get isBusy(): boolean {
    return this.#isBusy;
  }
  get isChanged(): boolean {
    const { draft, state } = this;
    return draft !== undefined && state !== undefined && !isSame(draft, state.policy);
  }

  async load(): Promise<void> {
    await this.#attempt(async () => {
      this.#state = await this.#bus.request('privacy.retention.get.v1', {});
    });
  }

  choose(changes: Partial<RetentionPolicy>): void {
    if (this.draft !== undefined) this.#draft = { ...this.draft, ...changes };
    this.#preview = undefined;
  }

  /** Takes back what was chosen. */
  reset(): void {
    this.#draft = undefined;
    this.#preview = undefined;
    this.#error = undefined;
  }

  /** What would go at once under what was chosen. */
  async look(): Promise<void> {
    const { draft } = this;
    if (draft === undefined) return;
    this.#preview = undefined;
    await this.#attempt(async () => {
      const options = { timeoutMs: FIND_TIMEOUT_MS };
      this.#preview = await this.#bus.request('privacy.retention.preview.v1', draft, options);
    });
  }

  /** From here on so; also says that the clock is right. Whether that holds now. */
  async save(): Promise<boolean> {
    const { draft } = this;
    if (draft === undefined) return false;
    this.#isBusy = true;
    await this.#attempt(async () => {
      this.#state = await this.#bus.request('privacy.retention.set.v1', draft);
      this.reset();
    });
    this.#isBusy = false;
    return this.#error === undefined;
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.#error = undefined;
    try {
      await work();
    } catch (error) {
      this.#error = toApiError(error);
    }
  }
}

/** The times that are offered, with the one that holds. */
export function offeredDays(held: number): readonly number[] {
  return [...new Set([...OFFERED, held])].sort((one, other) => rank(other) - rank(one));
}

function rank(days: number): number {
  return days === 0 ? Number.POSITIVE_INFINITY : days;
}

function isSame(one: RetentionPolicy, other: RetentionPolicy): boolean {
  return one.conversations === other.conversations && one.memories === other.memories;
}
