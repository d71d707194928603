import { AicoError, isAicoError } from '@aico/schemas';

/** A request to the kernel itself. */
export interface LocalRequest {
  readonly data: unknown;
  readonly sender: string;
}

export type LocalHandler = (request: LocalRequest) => unknown;

/** The kernel's own topics, answered in its process. */
export class LocalServices {
  readonly #handlers = new Map<string, LocalHandler>();
  readonly #onFailure: (topic: string, error: unknown) => void;

  constructor(onFailure: (topic: string, error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  serve(topic: string, handler: LocalHandler): void {
    this.#handlers.set(topic, handler);
  }

  find(topic: string): LocalHandler | undefined {
    return this.#handlers.get(topic);
  }

  /** Runs a handler; what it throws becomes a typed error. */
  async run(topic: string, handler: LocalHandler, request: LocalRequest): Promise<unknown> {
    try {
      return await handler(request);
    } catch (error) {
      if (isAicoError(error)) throw error;
      this.#onFailure(topic, error);
      throw new AicoError('SDK_HANDLER_FAILED', { subject: 'kernel', cause: error });
    }
  }
}
