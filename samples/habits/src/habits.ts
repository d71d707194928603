import type { Storage } from '@aico/sdk';

export interface Habit {
  readonly name: string;
  readonly days: ReadonlySet<string>;
}

/** A year and a bit: what streaks and pictures look at. */
const KEPT_IN_VIEW_DAYS = 400;

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

  async remove(name: string): Promise<void> {
    const values = [name];
    await this.#storage.batch([
      { sql: 'delete from done where habit = ?', values },
      { sql: 'delete from habit where name = ?', values },
    ]);
  }

  /** In the order in which they were added. */
  async list(): Promise<readonly Habit[]> {
    const names = await this.#storage.query<{ name: string }>('select name from habit order by begun_on, rowid');
    return Promise.all(names.map(async ({ name }) => ({ name, days: await this.#daysOf(name) })));
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

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
