import type { Bus } from '@aico/sdk';
import type { Engine } from '../engine.ts';
import type { TableShape } from '../tables.ts';

/** Told how many rows of a table were read so far. */
export type OnRead = (table: string, rows: number) => Promise<void>;

export interface FeedParts {
  readonly bus: Pick<Bus, 'request' | 'stream'>;
  readonly engine: Engine;
  /** Aborts when nobody waits for it any more. */
  readonly signal: AbortSignal;
  readonly onRead: OnRead;
}

/** Brings tables up to what their source says now; remembers how far it read. One per engine, run one at a time. */
export interface Feed {
  readonly tables: readonly TableShape[];
  run(parts: FeedParts): Promise<void>;
}
