import type { AnalyticsCell, AnalyticsResult } from '@aico/sdk';
import type { DuckDBResult } from '@duckdb/node-api';
import { cellOf } from './cells.ts';
import type { DuckDb } from './duckdb.ts';
import type { Engine } from './engine.ts';
import { isOutOfMemory, problemOf } from './problem.ts';
import { type Limits, watched } from './watched.ts';

/** Characters of an answer, so that it fits into one message on the bus. */
const MOST_CHARACTERS = 1_000_000;

export interface AskLimits extends Limits {
  readonly rows: number;
}

type Answer = Pick<AnalyticsResult, 'columns' | 'rows' | 'truncated'>;

/**
 * Runs a question that was checked, in a transaction that cannot write. It is prepared in it: a plan that was made before rows
 * came would go by what DuckDB knew of the tables then, and give wrong values.
 * @param onPercent told now and then how far it is, where DuckDB knows
 * @param onUnheard told when it cannot be stopped
 * @throws AicoError ANALYTICS_TIMEOUT, ANALYTICS_MEMORY, ANALYTICS_SQL_INVALID, ANALYTICS_DENIED, KERNEL_CANCELLED
 */
export async function ask(
  { duckdb, reader: connection }: Pick<Engine, 'duckdb' | 'reader'>,
  sql: string,
  limits: AskLimits,
  signal: AbortSignal,
  onPercent: (percent: number) => void,
  onUnheard: () => void,
): Promise<Answer> {
  try {
    return await watched({ connection, limits, signal, onPercent, onUnheard }, async (hasEnded) => {
      try {
        await connection.run('begin transaction read only');
        const statement = await connection.prepare(sql);
        const answer = await read(duckdb, await statement.stream(), limits.rows, hasEnded);
        statement.destroySync();
        return answer;
      } catch (error) {
        throw isOutOfMemory(error) ? error : problemOf(error);
      }
    });
  } finally {
    // Once nothing interrupts any more: else the transaction could stay open.
    await connection.run('rollback').catch(() => undefined);
  }
}

async function read(duckdb: DuckDb, result: DuckDBResult, most: number, ended: () => boolean): Promise<Answer> {
  const names = result.columnNames();
  const types = result.columnTypes();
  const columns = names.map((name, at) => ({ name: name.slice(0, 1_000), type: String(types[at]).slice(0, 1_000) }));
  const rows: AnalyticsCell[][] = [];
  let characters = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return { columns, rows, truncated: false };
    const vectors = columns.map((_, at) => chunk.getColumnVector(at));
    for (let at = 0; at < chunk.rowCount; at += 1) {
      if (rows.length >= most || characters > MOST_CHARACTERS || ended()) return { columns, rows, truncated: true };
      const row = vectors.map((vector) => cellOf(duckdb, vector.getItem(at)));
      characters += row.reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 8), 0);
      rows.push(row);
    }
  }
}
