import type { AuditExport, AuditPage, AuditSearch, AuditStatus, SqlStatement, SqlValue, Storage } from '@aico/sdk';
import { type Link, recordOf } from './link.ts';
import type { Signed } from './signer.ts';

const PAGE = 100;
const SCANNED = 500;

/** How far the kernel's trail was read. */
export interface Reading {
  readonly run: number;
  readonly entry: number;
}

/** The chain's rows. */
export class ChainStore {
  readonly #storage: Pick<Storage, 'batch' | 'query'>;

  constructor(storage: Pick<Storage, 'batch' | 'query'>) {
    this.#storage = storage;
  }

  async last(): Promise<Link | undefined> {
    const [link] = await this.#storage.query<Link>(
      'select number, body, hash from record order by number desc limit 1',
    );
    return link;
  }

  async reading(): Promise<Reading | undefined> {
    const [reading] = await this.#storage.query<Reading>('select run, entry from reading');
    return reading;
  }

  async cut(): Promise<Signed | undefined> {
    const sql = 'select number, hash, time, signature from cut order by number desc limit 1';
    const [cut] = await this.#storage.query<Signed>(sql);
    return cut;
  }

  checkpoints(): Promise<readonly Signed[]> {
    return this.#storage.query<Signed>('select number, hash, time, signature from checkpoint order by number');
  }

  async count(): Promise<Omit<AuditStatus, 'keepDays'>> {
    const sql = `select count(*) as records, min(time) as oldest, max(time) as newest,
      coalesce((select max(number) from checkpoint), 0) as signedUpTo from record`;
    const [row] = await this.#storage.query<{ records: number; oldest?: string; newest?: string; signedUpTo: number }>(
      sql,
    );
    const { records = 0, oldest, newest, signedUpTo = 0 } = row ?? {};
    return { records, ...(oldest ? { oldest } : {}), ...(newest ? { newest } : {}), signedUpTo };
  }

  /** Links and how far was read for them, all or none. */
  async append(links: readonly Link[], reading?: Reading): Promise<void> {
    const statements: SqlStatement[] = links.map(({ number, body, hash }) => ({
      sql: 'insert into record (number, body, hash) values (?, ?, ?)',
      values: [number, body, hash],
    }));
    if (reading !== undefined)
      statements.push({
        sql: 'insert or replace into reading (id, run, entry) values (1, ?, ?)',
        values: [reading.run, reading.entry],
      });
    await this.#storage.batch(statements);
  }

  async addCheckpoint({ number, hash, time, signature }: Signed): Promise<void> {
    const sql = 'insert or replace into checkpoint (number, hash, time, signature) values (?, ?, ?, ?)';
    await this.#storage.batch([{ sql, values: [number, hash, time, signature] }]);
  }

  /**
   * The last of the oldest records that are all older than a time. One that is dated after now, by a clock that was ahead, is as old as
   * those behind it.
   */
  async lastBefore(time: string, now: string): Promise<Link | undefined> {
    const sql = `select number, body, hash from record where time < ?
      and number < (select coalesce(min(number), 9007199254740991) from record where time >= ? and time <= ?)
      order by number desc limit 1`;
    const [link] = await this.#storage.query<Link>(sql, [time, time, now]);
    return link;
  }

  /** Removes the records up to a cut, with what marks it, all or none. */
  async removeUpTo({ number, hash, time, signature }: Signed): Promise<void> {
    await this.#storage.batch([
      { sql: 'delete from cut' },
      {
        sql: 'insert into cut (number, hash, time, signature) values (?, ?, ?, ?)',
        values: [number, hash, time, signature],
      },
      { sql: 'delete from checkpoint where number <= ?', values: [number] },
      { sql: 'delete from record where number <= ?', values: [number] },
    ]);
  }

  /** Every link in order, some at a time. */
  async *links(asked: Partial<AuditExport> = {}): AsyncGenerator<readonly Link[], void, void> {
    const { where, values } = filterOf(asked);
    for (let after = -1; ; ) {
      const sql = `select number, body, hash from record where ${where} and number > ? order by number limit ?`;
      const rows = await this.#storage.query<Link>(sql, [...values, after, SCANNED]);
      if (rows.length > 0) yield rows;
      if (rows.length < SCANNED) return;
      after = rows.at(-1)?.number ?? after;
    }
  }

  /** A page, newest first. */
  async search(asked: AuditSearch): Promise<AuditPage> {
    const { before, limit = PAGE, text } = asked;
    const { where, values } = filterOf(asked);
    const like = text === undefined ? '' : ` and body like ? escape '\\'`;
    const older = before === undefined ? '' : ' and number < ?';
    const sql = `select number, body, hash from record where ${where}${like}${older} order by number desc limit ?`;
    const bound: SqlValue[] = [...values];
    if (text !== undefined) bound.push(`%${text.replace(/[\\%_]/g, '\\$&')}%`);
    if (before !== undefined) bound.push(before);
    const rows = await this.#storage.query<Link>(sql, [...bound, limit + 1]);
    return { records: rows.slice(0, limit).map(recordOf), more: rows.length > limit };
  }
}

function filterOf({ kind, plugin, since, until }: Pick<AuditSearch, 'kind' | 'plugin' | 'since' | 'until'>): {
  where: string;
  values: SqlValue[];
} {
  const parts: [string, SqlValue[]][] = [];
  if (kind !== undefined) parts.push([`(kind = ? or kind like ? || '.%')`, [kind, kind]]);
  if (plugin !== undefined) parts.push(['plugin = ?', [plugin]]);
  if (since !== undefined) parts.push(['time >= ?', [since]]);
  if (until !== undefined) parts.push(['time < ?', [until]]);
  return { where: parts.map(([sql]) => sql).join(' and ') || 'true', values: parts.flatMap(([, values]) => values) };
}
