import type { Storage } from '@aico/sdk';

export interface Line {
  readonly day: string;
  readonly text: string;
}

interface WrittenLine extends Line {
  /** RFC 3339, UTC. */
  readonly written_at: string;
}

const RECENT = 7;
const READ_AT_ONCE = 500;
const MAX_FOUND = 20;

/** One line a day, in the plugin's own encrypted database. */
export class Diary {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Keeps the line of a day; returns the one that it replaces. */
  async write({ day, text }: Line, at: string): Promise<string | undefined> {
    const before = await this.read(day);
    await this.#storage.batch([
      {
        sql: `insert into line (day, text, folded, written_at) values (?, ?, ?, ?)
              on conflict (day) do update set text = excluded.text, folded = excluded.folded, written_at = excluded.written_at`,
        values: [day, text, fold(text), at],
      },
    ]);
    return before;
  }

  async read(day: string): Promise<string | undefined> {
    const [line] = await this.#storage.query<Line>('select day, text from line where day = ?', [day]);
    return line?.text;
  }

  /** The last lines, oldest first. */
  async recent(): Promise<readonly Line[]> {
    const lines = await this.#storage.query<Line>('select day, text from line order by day desc limit ?', [RECENT]);
    return [...lines].reverse();
  }

  /** Lines that hold a text, whatever its case; the latest first. */
  search(words: string): Promise<readonly Line[]> {
    const sql = 'select day, text from line where instr(folded, ?) > 0 order by day desc limit ?';
    return this.#storage.query<Line>(sql, [fold(words), MAX_FOUND]);
  }

  /** The next lines by day, behind one or from the first. */
  after(day = ''): Promise<readonly WrittenLine[]> {
    const sql = 'select day, text, written_at from line where day > ? order by day limit ?';
    return this.#storage.query<WrittenLine>(sql, [day, READ_AT_ONCE]);
  }

  /** Removes the lines of some days, for good. How many there were. */
  async remove(days: readonly string[]): Promise<number> {
    const sql = 'delete from line where day in (select value from json_each(?))';
    const [result] = await this.#storage.batch([{ sql, values: [JSON.stringify(days)] }]);
    return result?.changes ?? 0;
  }
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
