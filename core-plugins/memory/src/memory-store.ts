import type { Memory, MemoryList, MemoryPage, SqlStatement, Storage } from '@aico/sdk';

/** A memory as it is kept. */
export interface KeptMemory extends Memory {
  readonly sequence: number;
  readonly asks: boolean;
}

/** A memory before it is kept. */
export interface NewMemory extends Omit<Memory, 'source'> {
  readonly conversation: string;
  readonly message: string;
  readonly part: number;
  readonly asks: boolean;
}

interface Row {
  readonly sequence: number;
  readonly id: string;
  readonly text: string;
  readonly said_at: string;
  readonly conversation: string;
  readonly message: string;
  readonly asks: number;
}

const COLUMNS = 'm.sequence, m.id, m.text, m.said_at, m.conversation, m.message, m.asks';
const DEFAULT_PAGE = 50;
const CURSOR = 'chat.cursor';
/** After a deletion: writes the index of words anew, so that nothing of what was deleted is in it. */
export const WIPE_WORDS: SqlStatement = { sql: `insert into memory_words (memory_words) values ('optimize')` };

/** Memories in the plugin's own database. */
export class MemoryStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Keeps what is not kept yet and was not forgotten. How many were added. */
  async add(memories: readonly NewMemory[]): Promise<number> {
    const statements = memories.map(
      (memory): SqlStatement => ({
        sql: `insert into memory (id, text, said_at, conversation, message, part, asks) select ?, ?, ?, ?4, ?5, ?6, ?
              where not exists (select 1 from forgotten where message = ?5 and part in (?6, -1))
                and not exists (select 1 from forgotten where message = ?4 and part = -1) on conflict do nothing`,
        values: [memory.id, memory.text, memory.when, memory.conversation, memory.message, memory.part, memory.asks],
      }),
    );
    if (statements.length === 0) return 0;
    const results = await this.#storage.batch(statements);
    return results.reduce((sum, { changes }) => sum + changes, 0);
  }

  /** A page of memories, newest first, of all or of those with certain words. */
  async list({ before, limit = DEFAULT_PAGE }: MemoryList, match: string | undefined): Promise<MemoryPage> {
    const from = match === undefined ? 'memory m' : 'memory_words join memory m on m.sequence = memory_words.rowid';
    const found = match === undefined ? '' : 'memory_words match ?';
    // Those of one moment, said in two conversations or imported, may lie on both sides of a page's edge.
    const [time, place] = before?.split(',') ?? [];
    const earlier = place === undefined ? 'm.said_at < ?' : '(m.said_at, m.sequence) < (?, ?)';
    const edge = time === undefined ? [] : place === undefined ? [time] : [time, Number(place)];
    const values = [...(match === undefined ? [] : [match]), ...edge];
    const [page, total] = await this.#storage.batch(
      [
        {
          sql: `select ${COLUMNS} from ${from} ${where(found, time === undefined ? '' : earlier)} order by m.said_at desc, m.sequence desc limit ?`,
          values: [...values, limit + 1],
        },
        { sql: `select count(*) from ${from} ${where(found)}`, values: match === undefined ? [] : [match] },
      ],
      { readOnly: true },
    );
    const rows = (page?.rows ?? []).map((row) => memoryOf(rowOf(row)));
    const memories = rows.slice(0, limit).map(({ id, text, when, source }) => ({ id, text, when, source }));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    const next = last && `${last.when},${last.sequence}`;
    return { memories, total: Number(total?.rows[0]?.[0] ?? 0), ...(next !== undefined && { next }) };
  }

  /** Memories with any of some words, the best first (BM25). */
  async findByWords(match: string, limit: number): Promise<KeptMemory[]> {
    const rows = await this.#storage.query<Row>(
      `select ${COLUMNS} from memory_words join memory m on m.sequence = memory_words.rowid
       where memory_words match ? order by memory_words.rank limit ?`,
      [match, limit],
    );
    return rows.map(memoryOf);
  }

  async findBySequence(sequences: readonly number[]): Promise<KeptMemory[]> {
    if (sequences.length === 0) return [];
    const rows = await this.#storage.query<Row>(
      `select ${COLUMNS} from memory m where m.sequence in (select value from json_each(?))`,
      [JSON.stringify(sequences)],
    );
    return rows.map(memoryOf);
  }

  /** The newest memories that tell something. */
  async newestTold(limit: number): Promise<KeptMemory[]> {
    const rows = await this.#storage.query<Row>(
      `select ${COLUMNS} from memory m where m.asks = 0 order by m.said_at desc, m.sequence desc limit ?`,
      [limit],
    );
    return rows.map(memoryOf);
  }

  /** Up to where the conversations were read. */
  cursor(): Promise<string | undefined> {
    return this.#storage.get<string>(CURSOR);
  }

  setCursor(cursor: string): Promise<void> {
    return this.#storage.set(CURSOR, cursor);
  }
}

function where(...conditions: readonly string[]): string {
  const held = conditions.filter((condition) => condition !== '');
  return held.length === 0 ? '' : `where ${held.join(' and ')}`;
}

function rowOf(values: readonly unknown[]): Row {
  const [sequence, id, text, said_at, conversation, message, asks] = values;
  return { sequence, id, text, said_at, conversation, message, asks } as Row;
}

function memoryOf({ sequence, id, text, said_at, conversation, message, asks }: Row): KeptMemory {
  return { sequence, id, text, when: said_at, source: { conversation, message }, asks: asks === 1 };
}
