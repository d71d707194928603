import type { Bus, TrailEntry, TrailPage } from '@aico/sdk';
import type { Chain } from './chain.ts';
import { GAP } from './chain-check.ts';
import type { ChainStore, Reading } from './chain-store.ts';
import type { Fact } from './link.ts';

/** What the kernel noted, as records; what it did not hold any more is a record, too. */
export function factsOf(page: TrailPage, read: Reading | undefined, now: Date): Fact[] {
  const facts: Fact[] = [];
  const gap = (run: number, lost: string): void => {
    facts.push({ time: now.toISOString(), source: 'audit', kind: GAP, details: { run: String(run), lost } });
  };
  if (read !== undefined && read.run !== page.run) {
    const { before } = page;
    const isLastRun = before?.run === read.run;
    if (isLastRun && before.last === undefined) gap(read.run, 'unknown: it was cut short');
    if (isLastRun && before.last !== undefined && before.last > read.entry)
      gap(read.run, String(before.last - read.entry));
    // Runs in which nobody unlocked the vault.
    if (!isLastRun) for (let run = read.run; run < Math.min(page.run, read.run + 100); run += 1) gap(run, 'unknown');
  }
  let next = (read?.run === page.run ? read.entry : 0) + 1;
  for (const entry of page.entries) {
    if (entry.number > next) gap(page.run, String(entry.number - next));
    facts.push(factOf(entry));
    next = entry.number + 1;
  }
  return facts;
}

function factOf({ run, number, time, source, kind, plugin, by, details }: TrailEntry): Fact {
  return {
    time,
    source,
    kind,
    ...(plugin === undefined ? {} : { plugin }),
    ...(by === undefined ? {} : { by }),
    ...(details === undefined ? {} : { details }),
    run,
    entry: number,
  };
}

/** Reads the kernel's trail to its end, whenever it has grown. */
export class TrailReader {
  readonly #bus: Pick<Bus, 'request'>;
  readonly #chain: Chain;
  readonly #store: Pick<ChainStore, 'reading'>;
  readonly #now: () => Date;
  #reading: Promise<void> | undefined;
  #again = false;

  constructor(bus: Pick<Bus, 'request'>, chain: Chain, store: Pick<ChainStore, 'reading'>, now: () => Date) {
    this.#bus = bus;
    this.#chain = chain;
    this.#store = store;
    this.#now = now;
  }

  /** Resolves when everything that was noted before is recorded. */
  read(): Promise<void> {
    this.#again = true;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      // As it is kept with the records: of a write that failed nobody knows how far it went.
      const read = await this.#store.reading();
      const { run, entry = 0 } = read ?? {};
      const page = await this.#bus.request('kernel.trail.read.v1', run === undefined ? {} : { run, after: entry });
      const last = page.entries.at(-1)?.number ?? (page.run === run ? entry : 0);
      const facts = factsOf(page, read, this.#now());
      if (facts.length > 0) await this.#chain.add(facts, { run: page.run, entry: last });
      if (last < page.last && page.entries.length > 0) this.#again = true;
    }
  }
}
