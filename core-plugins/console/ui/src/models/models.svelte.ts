import type { LlmStatus, Provider, ProviderPut } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';
import { Newest } from '../api/newest.ts';

/** Which language model answers, and which could. */
export class Models {
  readonly #bus: Bus;
  readonly #newest = new Newest();
  #status = $state.raw<LlmStatus | undefined>();
  #error = $state.raw<ApiError | undefined>();

  constructor(bus: Bus) {
    this.#bus = bus;
    bus.subscribe('llm.status.changed.v1', (status) => {
      this.#newest.told();
      this.#status = status;
    });
  }

  get status(): LlmStatus | undefined {
    return this.#status;
  }
  get error(): ApiError | undefined {
    return this.#error;
  }

  /** Servers that were found by themselves, answer and have a model to offer. */
  get offered(): readonly Provider[] {
    const providers = this.#status?.providers ?? [];
    return providers.filter(({ kind, reachable, models }) => kind !== 'scripted' && reachable && models.length > 0);
  }

  async load(): Promise<void> {
    this.#error = undefined;
    try {
      await this.#take(() => this.#bus.request('llm.status.get.v1', {}));
    } catch (error) {
      this.#error = toApiError(error);
    }
  }

  clear(): void {
    this.#status = undefined;
    this.#error = undefined;
  }

  select(provider: string, model: string): Promise<void> {
    return this.#take(() => this.#bus.request('llm.provider.select.v1', { provider, model }));
  }

  put(provider: ProviderPut): Promise<void> {
    return this.#take(() => this.#bus.request('llm.provider.put.v1', provider));
  }

  remove(id: string): Promise<void> {
    return this.#take(() => this.#bus.request('llm.provider.delete.v1', { id }));
  }

  async #take(question: () => Promise<LlmStatus>): Promise<void> {
    const status = await this.#newest.answer(question);
    if (status !== undefined) this.#status = status;
  }
}
