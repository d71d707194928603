import type { AuditRecord, Consent, ConsentList } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';

const PAGE = 25;

/** What every plugin was allowed, and what became of that over time. */
export class Consents {
  readonly #bus: Bus;
  #list = $state.raw<ConsentList['consents'] | undefined>();
  #error = $state.raw<ApiError | undefined>();
  #history = $state.raw<readonly AuditRecord[] | undefined>();
  #hasMore = $state(false);
  #untold = $state.raw<ApiError | undefined>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get list(): ConsentList['consents'] | undefined {
    return this.#list;
  }
  get error(): ApiError | undefined {
    return this.#error;
  }
  /** Decisions, newest first; undefined until somebody asks, as to look is itself recorded. */
  get history(): readonly AuditRecord[] | undefined {
    return this.#history;
  }
  get hasMore(): boolean {
    return this.#hasMore;
  }
  /** Why the history cannot be read. */
  get untold(): ApiError | undefined {
    return this.#untold;
  }

  /** Keeps the list as time runs out, or somebody decides elsewhere; returns its undo. */
  follow(): () => void {
    return this.#bus.subscribe('kernel.plugin.changed.v1', () => void this.load());
  }

  async load(): Promise<void> {
    try {
      this.#list = (await this.#bus.request('kernel.consent.list.v1', {})).consents;
      this.#error = undefined;
    } catch (error) {
      this.#error = toApiError(error);
    }
  }

  async more(): Promise<void> {
    const known = this.#history ?? [];
    const before = known.at(-1)?.number;
    try {
      const page = await this.#bus.request('audit.search.v1', {
        kind: 'permission',
        limit: PAGE,
        ...(before !== undefined && { before }),
      });
      this.#history = [...known, ...page.records];
      [this.#hasMore, this.#untold] = [page.more, undefined];
    } catch (error) {
      this.#untold = toApiError(error);
    }
  }
}

/** A consent's name among all. */
export function keyOf({ id, verb, topic }: Consent): string {
  return `${id} ${verb} ${topic}`;
}
