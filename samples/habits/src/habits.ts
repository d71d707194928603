import type { Storage } from '@aico/sdk';

export interface Habit {
  readonly name: string;
  readonly days: ReadonlySet<string>;
}

export const MAX_NAME = 40;
export const MAX_HABITS = 30;
/** A year and a bit: what streaks and pictures look at. */
const KEPT_IN_VIEW_DAYS = 400;

/** A habit was done on a day. */
interface Done {
  readonly habit: string;
  readonly day: string;
}

const READ_AT_ONCE = 500;

/** Habits and the days on which they were done, in the plugin's own encrypted database. */
export class Habits {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Whether it is new. */
  async add(name: string, day: string): Promise<boolean> {
    const sql = 'insert into habit (name, folded, begun_on) values (?, ?, ?) on conflict do nothing';
    return this.#isChanged(sql, [name, fold(name), day]);
  }

  /** The name of a habit as it was added. */
  async find(name: string): Promise<string | undefined> {
    const [habit] = await this.#storage.query<{ name: string }>('select name from habit where folded = ?', [
      fold(name),
    ]);
    return habit?.name;
  }

  /** Whether it was not done on that day before. */
  mark(name: string, day: string): Promise<boolean> {
    return this.#isChanged('insert into done (habit, day) values (?, ?) on conflict do nothing', [name, day]);
  }

  /** Whether it was done on that day. */
  unmark(name: string, day: string): Promise<boolean> {
    return this.#isChanged('delete from done where habit = ? and day = ?', [name, day]);
  }

  /** Whether it was done on that day. */
  async isDone(name: string, day: string): Promise<boolean> {
    const rows = await this.#storage.query('select 1 from done where habit = ? and day = ?', [name, day]);
    return rows.length > 0;
  }

  /** Takes back what was done; how much of it there was. */
  async unmarkAll(done: readonly Done[]): Promise<number> {
    const sql = `delete from done where (habit, day) in (select value ->> 'habit', value ->> 'day' from json_each(?))`;
    const [result] = await this.#storage.batch([{ sql, values: [JSON.stringify(done)] }]);
    return result?.changes ?? 0;
  }

  /** Removes habits with their days; how many habits there were. */
  async remove(names: readonly string[]): Promise<number> {
    const values = [JSON.stringify(names)];
    const [, result] = await this.#storage.batch([
      { sql: 'delete from done where habit in (select value from json_each(?))', values },
      { sql: 'delete from habit where name in (select value from json_each(?))', values },
    ]);
    return result?.changes ?? 0;
  }

  /** Habits and the days on which they were added, in that order. */
  begun(): Promise<readonly { readonly name: string; readonly day: string }[]> {
    return this.#storage.query('select name, begun_on as day from habit order by begun_on, rowid');
  }

  /** What was done next, by day and name. */
  doneAfter(day: string, name: string): Promise<readonly Done[]> {
    const sql = 'select habit, day from done where (day, habit) > (?, ?) order by day, habit limit ?';
    return this.#storage.query(sql, [day, name, READ_AT_ONCE]);
  }

  /** In the order in which they were added. */
  async list(): Promise<readonly Habit[]> {
    return Promise.all((await this.begun()).map(async ({ name }) => ({ name, days: await this.#daysOf(name) })));
  }

  async #daysOf(name: string): Promise<ReadonlySet<string>> {
    const sql = 'select day from done where habit = ? order by day desc limit ?';
    const rows = await this.#storage.query<{ day: string }>(sql, [name, KEPT_IN_VIEW_DAYS]);
    return new Set(rows.map(({ day }) => day));
  }

  async #isChanged(sql: string, values: string[]): Promise<boolean> {
    const [result] = await this.#storage.batch([{ sql, values }]);
    return (result?.changes ?? 0) > 0;
  }
}

/** Without what Markdown would act on. */
export function plain(text: string): string {
  return text.replace(/[*_`[\]<>#|\\]/g, '').trim();
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
