import { type ApiError, toApiError } from '../api/api-error.ts';
import type { RunningStream } from '../api/bus.ts';

/** The one stream that runs at a time, until it ends or is stopped; a stop is no failure. */
export class OneStream {
  #running: RunningStream<unknown> | undefined;
  #failed = $state.raw<ApiError | undefined>();

  /** Why the last one failed. */
  get failed(): ApiError | undefined {
    return this.#failed;
  }

  clear(): void {
    this.#failed = undefined;
  }

  stop(): void {
    this.#running?.cancel();
  }

  /** What it ended with; undefined when it failed or was stopped. */
  async run<Reply>(begin: () => RunningStream<Reply>): Promise<Reply | undefined> {
    this.clear();
    try {
      const running = begin();
      this.#running = running;
      return await running.result;
    } catch (error) {
      const problem = toApiError(error);
      if (problem.code !== 'KERNEL_CANCELLED') this.#failed = problem;
      return undefined;
    } finally {
      this.#running = undefined;
    }
  }
}
