import type { AuditProgress, AuditRecord, AuditSearch, AuditVerdict } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus, RunningStream } from '../api/bus.ts';

const PAGE = 50;

/** The records that fit what was asked, as far as they were looked at, and the check of the chain. */
export class Audit {
  readonly #bus: Bus;
  #asked: AuditSearch = {};
  #records = $state.raw<readonly AuditRecord[]>([]);
  #hasMore = $state(false);
  #isNarrowed = $state(false);
  #loaded = $state(false);
  #searching = $state(false);
  #error = $state.raw<ApiError | undefined>();
  #checking = $state.raw<Partial<AuditProgress> | undefined>();
  #verdict = $state.raw<AuditVerdict | undefined>();
  #uncheckable = $state.raw<ApiError | undefined>();
  #running: RunningStream<AuditVerdict> | undefined;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get records(): readonly AuditRecord[] {
    return this.#records;
  }
  get hasMore(): boolean {
    return this.#hasMore;
  }
  /** Whether a kind or a text was asked for: then each record counts. */
  get isNarrowed(): boolean {
    return this.#isNarrowed;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  get searching(): boolean {
    return this.#searching;
  }
  get error(): ApiError | undefined {
    return this.#error;
  }
  /** How far the check is, while there is one. */
  get checking(): Partial<AuditProgress> | undefined {
    return this.#checking;
  }
  get verdict(): AuditVerdict | undefined {
    return this.#verdict;
  }
  /** Why the check could not be done. */
  get uncheckable(): ApiError | undefined {
    return this.#uncheckable;
  }

  /** Each search is itself recorded: it is done when asked for, never by the clock. */
  async search(asked: AuditSearch): Promise<void> {
    this.#asked = asked;
    await this.#read(asked, []);
  }

  async more(): Promise<void> {
    const before = this.#records.at(-1)?.number;
    if (before !== undefined) await this.#read({ ...this.#asked, before }, this.#records);
  }

  async retry(): Promise<void> {
    await this.search(this.#asked);
  }

  async check(): Promise<void> {
    this.#verdict = undefined;
    this.#uncheckable = undefined;
    this.#checking = {};
    try {
      this.#running = this.#bus.stream('audit.verify.v1', {}, (progress) => {
        this.#checking = progress;
      });
      this.#verdict = await this.#running.result;
    } catch (error) {
      const problem = toApiError(error);
      if (problem.code !== 'KERNEL_CANCELLED') this.#uncheckable = problem;
    } finally {
      this.#checking = undefined;
      this.#running = undefined;
    }
  }

  stop(): void {
    this.#running?.cancel();
  }

  async #read(search: AuditSearch, before: readonly AuditRecord[]): Promise<void> {
    const asked = this.#asked;
    this.#searching = true;
    try {
      const page = await this.#bus.request('audit.search.v1', { ...search, limit: PAGE });
      // Whoever asks anew meanwhile wants that answer alone.
      if (asked !== this.#asked) return;
      this.#records = [...before, ...page.records];
      this.#isNarrowed = search.kind !== undefined || search.text !== undefined;
      [this.#hasMore, this.#loaded, this.#error] = [page.more, true, undefined];
    } catch (error) {
      if (asked === this.#asked) this.#error = toApiError(error);
    } finally {
      if (asked === this.#asked) this.#searching = false;
    }
  }
}
