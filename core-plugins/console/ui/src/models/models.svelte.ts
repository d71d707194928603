import type { LlmStatus, Provider, ProviderPut } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';

/** Which language model answers, and which could. */
export class Models {
  readonly #bus: Bus;
  #status = $state.raw<LlmStatus | undefined>();
  #error = $state.raw<ApiError | undefined>();

  constructor(bus: Bus) {
    this.#bus = bus;
    bus.subscribe('llm.status.changed.v1', (status) => {
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
      this.#status = await this.#bus.request('llm.status.get.v1', {});
    } catch (error) {
      this.#error = toApiError(error);
    }
  }

  async select(provider: string, model: string): Promise<void> {
    this.#status = await this.#bus.request('llm.provider.select.v1', { provider, model });
  }

  async put(provider: ProviderPut): Promise<void> {
    this.#status = await this.#bus.request('llm.provider.put.v1', provider);
  }

  async remove(id: string): Promise<void> {
    this.#status = await this.#bus.request('llm.provider.delete.v1', { id });
  }
}
