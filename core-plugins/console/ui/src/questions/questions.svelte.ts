import type { AnalyticsProgress, AnalyticsResult, AnalyticsTable, SavedQuery, SavedQueryPut } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus, RunningStream } from '../api/bus.ts';

/** Rows of an answer at most. */
const MOST_ROWS = 1_000;

/** Questions in SQL: those that are kept, the tables that they may be about, and the answer to the last one. */
export class Questions {
  readonly #bus: Bus;
  #saved = $state.raw<readonly SavedQuery[]>([]);
  #tables = $state.raw<readonly AnalyticsTable[]>([]);
  #loaded = $state(false);
  #error = $state.raw<ApiError | undefined>();
  #progress = $state.raw<AnalyticsProgress | undefined>();
  #answer = $state.raw<AnalyticsResult | undefined>();
  #problem = $state.raw<ApiError | undefined>();
  #stopped = $state(false);
  #running: RunningStream<AnalyticsResult> | undefined;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get saved(): readonly SavedQuery[] {
    return this.#saved;
  }
  get tables(): readonly AnalyticsTable[] {
    return this.#tables;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  /** Why the page could not be loaded. */
  get error(): ApiError | undefined {
    return this.#error;
  }
  /** How far the question is, while one is being answered. */
  get progress(): AnalyticsProgress | undefined {
    return this.#progress;
  }
  get answer(): AnalyticsResult | undefined {
    return this.#answer;
  }
  /** Why the question could not be answered. */
  get problem(): ApiError | undefined {
    return this.#problem;
  }

  /** Whether the question was stopped before there was an answer. */
  get stopped(): boolean {
    return this.#stopped;
  }

  async load(): Promise<void> {
    try {
      const [{ queries }, { tables }] = await Promise.all([
        this.#bus.request('analytics.saved.list.v1', {}),
        this.#bus.request('analytics.tables.v1', {}),
      ]);
      [this.#saved, this.#tables, this.#loaded, this.#error] = [queries, tables, true, undefined];
    } catch (error) {
      this.#error = toApiError(error);
    }
  }

  /** Asks; the answer before stays on show until there is another, or it is clear that there will be none. */
  async ask(sql: string): Promise<void> {
    if (this.#running !== undefined) return;
    this.#progress = { stage: 'running' };
    [this.#problem, this.#stopped] = [undefined, false];
    try {
      this.#running = this.#bus.stream('analytics.query.v1', { sql, limit: MOST_ROWS }, (progress) => {
        this.#progress = progress;
      });
      this.#answer = await this.#running.result;
    } catch (error) {
      const problem = toApiError(error);
      this.#answer = undefined;
      if (problem.code === 'KERNEL_CANCELLED') this.#stopped = true;
      else this.#problem = problem;
    } finally {
      this.#progress = undefined;
      this.#running = undefined;
    }
  }

  stop(): void {
    this.#running?.cancel();
  }

  async keep(query: SavedQueryPut): Promise<SavedQuery> {
    const kept = await this.#bus.request('analytics.saved.put.v1', query);
    await this.load();
    return kept;
  }

  /** Returns what it was, to be kept again. */
  async drop(id: string): Promise<SavedQuery> {
    const dropped = await this.#bus.request('analytics.saved.delete.v1', { id });
    await this.load();
    return dropped;
  }
}
