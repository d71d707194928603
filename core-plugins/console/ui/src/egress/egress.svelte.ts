import type { EgressEntry, EgressExport, EgressSummary } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';
import { Newest } from '../api/newest.ts';

const PAGE = 50;
/** A burst of connections is looked at once. */
const SETTLE_MS = 400;

/** Which connections are listed. */
export type EgressFilter = 'beyond' | 'all';

/** What left this machine: in short, and one by one, newest first. */
export class Egress {
  readonly #bus: Bus;
  /** Of the list that older ones are added to. */
  readonly #newest = new Newest();
  #summary = $state.raw<EgressSummary | undefined>();
  #entries = $state.raw<readonly EgressEntry[]>([]);
  #more = $state(false);
  #filter = $state<EgressFilter>('beyond');
  #error = $state.raw<ApiError | undefined>();
  #saving = $state.raw<EgressExport['format'] | undefined>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get summary(): EgressSummary | undefined {
    return this.#summary;
  }
  get entries(): readonly EgressEntry[] {
    return this.#entries;
  }
  /** Whether there are older ones. */
  get more(): boolean {
    return this.#more;
  }
  get filter(): EgressFilter {
    return this.#filter;
  }
  get error(): ApiError | undefined {
    return this.#error;
  }
  get saving(): EgressExport['format'] | undefined {
    return this.#saving;
  }

  /** Looks again after each connection, until undone. */
  begin(): () => void {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const stop = this.#bus.subscribe('net.egress.recorded.v1', () => {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        void this.load();
      }, SETTLE_MS);
    });
    return () => {
      clearTimeout(waiting);
      stop();
    };
  }

  /** Looks at everything again, as far back as it is on show. */
  async load(): Promise<void> {
    await this.#try(async () => {
      const filter = this.#filter;
      const limit = Math.min(Math.max(PAGE, this.#entries.length), 500);
      const [summary, page] = await Promise.all([
        this.#bus.request('net.egress.summary.get.v1', {}),
        this.#bus.request('net.egress.list.v1', { beyond: filter === 'beyond', limit }),
      ]);
      this.#summary = summary;
      if (filter !== this.#filter) return;
      this.#newest.told();
      this.#entries = page.entries;
      this.#more = page.more;
    });
  }

  async show(filter: EgressFilter): Promise<void> {
    this.#newest.told();
    this.#filter = filter;
    this.#entries = [];
    await this.load();
  }

  async loadOlder(): Promise<void> {
    const before = this.#entries.at(-1)?.id;
    if (before === undefined) return;
    await this.#try(async () => {
      const asked = { beyond: this.#filter === 'beyond', before, limit: PAGE };
      const page = await this.#newest.answer(() => this.#bus.request('net.egress.list.v1', asked));
      if (page === undefined) return;
      this.#entries = [...this.#entries, ...page.entries];
      this.#more = page.more;
    });
  }

  /** The whole list as a file's text, or undefined when it could not be had. */
  async export(format: EgressExport['format']): Promise<string | undefined> {
    const pieces: string[] = [];
    this.#saving = format;
    await this.#try(async () => {
      await this.#bus.stream('net.egress.export.v1', { format }, ({ text }) => void pieces.push(text)).result;
    });
    this.#saving = undefined;
    return this.#error === undefined ? pieces.join('') : undefined;
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#error = undefined;
    } catch (error) {
      this.#error = toApiError(error);
    }
  }
}
