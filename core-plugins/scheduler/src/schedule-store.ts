import type { SqlStatement, Storage } from '@aico/sdk';
import type { KeptSchedule } from './schedule.ts';

interface Row {
  readonly plugin: string;
  readonly name: string;
  readonly timing: string;
  readonly catch_up: KeptSchedule['catchUp'];
  readonly data: string | null;
  readonly set_at: number;
  readonly next_at: number;
  readonly last_at: number | null;
}

const PUT = `insert into schedule (plugin, name, timing, catch_up, data, set_at, next_at, last_at) values (?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (plugin, name) do update set timing = excluded.timing, catch_up = excluded.catch_up, data = excluded.data,
    set_at = excluded.set_at, next_at = excluded.next_at, last_at = excluded.last_at`;
/** One answer of storage holds so many. */
const PAGE = 500;

/** The schedules on the disk. */
export class ScheduleStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async all(): Promise<KeptSchedule[]> {
    const kept: KeptSchedule[] = [];
    for (;;) {
      const sql = 'select * from schedule order by plugin, name limit ? offset ?';
      const rows = await this.#storage.query<Row>(sql, [PAGE, kept.length]);
      kept.push(...rows.map(scheduleOf));
      if (rows.length < PAGE) return kept;
    }
  }

  async put({ plugin, name, timing, catchUp, data, setAt, next, last }: KeptSchedule): Promise<void> {
    const values = [plugin, name, JSON.stringify(timing), catchUp, data ?? null, setAt, next, last ?? null];
    await this.#run({ sql: PUT, values });
  }

  async remove({ plugin, name }: Pick<KeptSchedule, 'plugin' | 'name'>): Promise<void> {
    await this.#run({ sql: 'delete from schedule where plugin = ? and name = ?', values: [plugin, name] });
  }

  async #run(statement: SqlStatement): Promise<void> {
    await this.#storage.batch([statement]);
  }
}

function scheduleOf({ plugin, name, timing, catch_up, data, set_at, next_at, last_at }: Row): KeptSchedule {
  return {
    plugin,
    name,
    timing: JSON.parse(timing) as KeptSchedule['timing'],
    catchUp: catch_up,
    data: data ?? undefined,
    setAt: set_at,
    next: next_at,
    last: last_at ?? undefined,
  };
}
