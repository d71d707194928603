import type { SqlStatement, Storage } from '@aico/sdk';

export interface Note {
  readonly number: number;
  readonly text: string;
  readonly written_at: string;
}

const SHOWN = 10;
const READ_AT_ONCE = 100;
/** After a change: writes the index of words anew, so that nothing of what was deleted is in it. */
const WIPE_WORDS: SqlStatement = { sql: `insert into note_words (note_words) values ('optimize')` };

/** Notes in the plugin's own encrypted database. */
export class Notes {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Its number. */
  async write(text: string, at: string): Promise<number> {
    const sql = 'insert into note (text, written_at) values (?, ?) returning number';
    const [result] = await this.#storage.batch([{ sql, values: [text, at] }]);
    return Number(result?.rows[0]?.[0]);
  }

  async read(number: number): Promise<Note | undefined> {
    const [note] = await this.#storage.query<Note>('select * from note where number = ?', [number]);
    return note;
  }

  /** Whether there was one. */
  change(number: number, text: string): Promise<boolean> {
    return this.#isChanged('update note set text = ? where number = ?', [text, number]);
  }

  /** Whether there was one. */
  delete(number: number): Promise<boolean> {
    return this.#isChanged('delete from note where number = ?', [number]);
  }

  /** The latest first. */
  recent(): Promise<readonly Note[]> {
    return this.#storage.query<Note>('select * from note order by number desc limit ?', [SHOWN]);
  }

  /** The best first. @param query in the language of FTS5 */
  find(query: string): Promise<readonly Note[]> {
    const sql = `select note.* from note_words join note on note.number = note_words.rowid
                 where note_words match ? order by note_words.rank, note.number desc limit ?`;
    return this.#storage.query<Note>(sql, [query, SHOWN]);
  }

  /** Those that may have tags. */
  withTags(): Promise<readonly Note[]> {
    return this.#storage.query<Note>(`select * from note where instr(text, '#') > 0 order by number`);
  }

  /** The next notes behind a number, oldest first. */
  after(number: number): Promise<readonly Note[]> {
    return this.#storage.query<Note>('select * from note where number > ? order by number limit ?', [
      number,
      READ_AT_ONCE,
    ]);
  }

  /** Whether a note of that time is here, with its number or its text. */
  async has({ number, text, written_at }: Note): Promise<boolean> {
    const sql = 'select 1 from note where written_at = ? and (number = ? or text = ?)';
    return (await this.#storage.query(sql, [written_at, number, text])).length > 0;
  }

  /** Adds a note under its number, or under the next one when that is taken. */
  async takeBack({ number, text, written_at }: Note): Promise<void> {
    const sql = `insert into note (number, text, written_at)
                 values (iif(exists (select 1 from note where number = ?1), null, ?1), ?2, ?3)`;
    await this.#storage.batch([{ sql, values: [number, text, written_at] }]);
  }

  /** Removes notes for good, with their words. How many there were. */
  remove(numbers: readonly string[]): Promise<number> {
    const sql = 'delete from note where number in (select cast(value as integer) from json_each(?))';
    return this.#change(sql, [JSON.stringify(numbers)]);
  }

  async #isChanged(sql: string, values: (string | number)[]): Promise<boolean> {
    return (await this.#change(sql, values)) > 0;
  }

  async #change(sql: string, values: (string | number)[]): Promise<number> {
    const [result] = await this.#storage.batch([{ sql, values }, WIPE_WORDS]);
    return result?.changes ?? 0;
  }
}
