import {
  AicoError,
  type AnalyticsProgress,
  type AnalyticsQuery,
  type AnalyticsResult,
  type Bus,
  isAicoError,
} from '@aico/sdk';
import { ask } from './ask.ts';
import { Engine } from './engine.ts';
import { AuditFeed } from './feeds/audit-feed.ts';
import { BusFeed } from './feeds/bus-feed.ts';
import { ChatFeed } from './feeds/chat-feed.ts';
import type { Feed, FeedParts } from './feeds/feed.ts';
import { JournalFeed } from './feeds/journal-feed.ts';
import type { MetricsHistory } from './feeds/metrics-history.ts';
import { checkQuestion } from './guard.ts';
import { isOutOfMemory } from './problem.ts';
import { watched } from './watched.ts';

const USUAL_ROWS = 1_000;
/** What the process takes beside DuckDB: Node, its code, and texts on their way. The manifest's quota leaves room above it. */
const BESIDE_MB = 448;

export interface WarehouseOptions {
  readonly bus: Pick<Bus, 'request' | 'stream'>;
  readonly history: MetricsHistory;
  readonly limits: () => { readonly memoryMb: number; readonly seconds: number };
  /** Ends the process, because a question in it cannot be stopped; the kernel starts it again. */
  readonly end: () => void;
}

export type OnProgress = (progress: AnalyticsProgress) => Promise<void>;

interface Opened {
  readonly engine: Engine;
  readonly feeds: readonly Feed[];
  readonly memoryMb: number;
}

/** The data that questions are about: opened with the first question, brought up to date with each, by its caller one at a time. */
export class Warehouse {
  readonly #options: WarehouseOptions;
  #opened: Opened | undefined;

  constructor(options: WarehouseOptions) {
    this.#options = options;
  }

  /** @throws AicoError ANALYTICS_…, KERNEL_CANCELLED */
  async answer({ sql, limit }: AnalyticsQuery, signal: AbortSignal, tell: OnProgress): Promise<AnalyticsResult> {
    const { memoryMb, seconds } = this.#options.limits();
    try {
      const opened = await this.#open(memoryMb);
      const { engine } = opened;
      const most = { rows: limit ?? USUAL_ROWS, seconds, memoryMb, processMb: memoryMb + BESIDE_MB };
      const onUnheard = this.#options.end;
      // To be understood, its constants are computed, which may take as long as the question itself.
      const tables = await watched({ connection: engine.reader, limits: most, signal, onUnheard }, () =>
        checkQuestion(engine, sql),
      );
      const begun = performance.now();
      await this.#feed(opened, tables, signal, tell);
      const fed = performance.now();
      await tell({ stage: 'running' });
      const onPercent = (percent: number): void => {
        const known = percent >= 0 && percent <= 100 ? { percent } : {};
        // Nobody waits for it to arrive.
        tell({ stage: 'running', ...known }).catch(() => undefined);
      };
      const answer = await ask(engine, sql, most, signal, onPercent, onUnheard);
      return { ...answer, readMs: Math.round(fed - begun), tookMs: Math.round(performance.now() - fed) };
    } catch (error) {
      const full = isOutOfMemory(error);
      // What a question left in memory goes with the engine alone.
      if (full || (error instanceof AicoError && error.code === 'ANALYTICS_MEMORY')) this.close();
      if (full) throw new AicoError('ANALYTICS_MEMORY', { subject: 'the question', details: { limit: memoryMb } });
      throw signal.aborted ? new AicoError('KERNEL_CANCELLED', { subject: 'the question' }) : error;
    }
  }

  /** Lets go of everything; the next question reads it anew. */
  close(): void {
    this.#opened?.engine.close();
    this.#opened = undefined;
  }

  async #open(memoryMb: number): Promise<Opened> {
    if (this.#opened !== undefined && this.#opened.memoryMb !== memoryMb) this.close();
    this.#opened ??= {
      engine: await Engine.open(memoryMb),
      feeds: [new ChatFeed(), new JournalFeed(), new AuditFeed(), new BusFeed(this.#options.history)],
      memoryMb,
    };
    return this.#opened;
  }

  /** Brings up to date what the question is about, and nothing else. */
  async #feed(
    { engine, feeds }: Opened,
    tables: ReadonlySet<string>,
    signal: AbortSignal,
    tell: OnProgress,
  ): Promise<void> {
    const onRead = (table: string, rows: number): Promise<void> => tell({ stage: 'reading', table, rows });
    const parts: FeedParts = { bus: this.#options.bus, engine, signal, onRead };
    for (const feed of feeds) {
      const asked = feed.tables.find(({ name }) => tables.has(name));
      if (asked === undefined) continue;
      await tell({ stage: 'reading', table: asked.name });
      await feed.run(parts).catch((error: unknown) => {
        if (signal.aborted || isOutOfMemory(error)) throw error;
        const subject = asked.source;
        if (isAicoError(error, 'KERNEL_PERMISSION_DENIED'))
          throw new AicoError('ANALYTICS_SOURCE_DENIED', {
            ...{ subject, details: { table: asked.name, source: subject }, cause: error },
          });
        const problem = error instanceof Error ? error.message : String(error);
        const details = { table: asked.name, source: subject, problem: problem.slice(0, 300) };
        throw new AicoError('ANALYTICS_SOURCE_AWAY', { subject, details, cause: error });
      });
    }
  }
}
