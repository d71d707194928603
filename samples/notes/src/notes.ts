import type { Storage } from '@aico/sdk';

export interface Note {
  readonly number: number;
  readonly text: string;
  readonly written_at: string;
}

const SHOWN = 10;

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

  async #isChanged(sql: string, values: (string | number)[]): Promise<boolean> {
    const [result] = await this.#storage.batch([{ sql, values }]);
    return (result?.changes ?? 0) > 0;
  }
}
