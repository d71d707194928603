import { AicoError, type AnalyticsCell, type AnalyticsResult } from '@aico/sdk';
import type { DuckDBResult } from '@duckdb/node-api';
import { cellOf } from './cells.ts';
import type { DuckDb } from './duckdb.ts';
import type { Engine } from './engine.ts';
import { isOutOfMemory, problemOf } from './problem.ts';

const BYTES_PER_MB = 1024 * 1024;
const LOOK_EVERY_MS = 25;
const TELL_EVERY_MS = 250;
/** DuckDB hears an interruption between two steps; some steps take minutes. After so long nothing but the end of its process stops it. */
export const UNHEARD_MS = 10_000;
/** Characters of an answer, so that it fits into one message on the bus. */
const MOST_CHARACTERS = 1_000_000;

export interface AskLimits {
  readonly rows: number;
  readonly seconds: number;
  /** Of DuckDB, as the error tells it. */
  readonly memoryMb: number;
  /** Of the whole process: texts on their way through a question are not in DuckDB's own count. */
  readonly processMb: number;
}

type Answer = Pick<AnalyticsResult, 'columns' | 'rows' | 'truncated'>;
type Ending = 'cancelled' | 'timeout' | 'memory';

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
  const begun = performance.now();
  // What earlier questions left in the process is none of this one's: else none would be answered any more.
  const mostBytes = Math.max(
    limits.processMb * BYTES_PER_MB,
    process.memoryUsage.rss() + limits.memoryMb * BYTES_PER_MB,
  );
  let ending: Ending | undefined;
  let endedAt: number | undefined;
  let told = begun;
  const look = setInterval(() => {
    const now = performance.now();
    if (signal.aborted) ending ??= 'cancelled';
    if (now - begun > limits.seconds * 1_000) ending ??= 'timeout';
    if (process.memoryUsage.rss() > mostBytes) ending ??= 'memory';
    // Again until it has ended: between two steps an interruption is not heard.
    if (ending !== undefined) {
      endedAt ??= now;
      connection.interrupt();
      if (now - endedAt <= UNHEARD_MS) return;
      clearInterval(look);
      onUnheard();
    } else if (now - told > TELL_EVERY_MS) {
      told = now;
      onPercent(connection.progress.percentage);
    }
  }, LOOK_EVERY_MS);
  try {
    await connection.run('begin transaction read only');
    const statement = await connection.prepare(sql);
    const answer = await read(duckdb, await statement.stream(), limits.rows, () => ending !== undefined);
    statement.destroySync();
    if (ending !== undefined) throw endingError(ending, limits);
    return answer;
  } catch (error) {
    if (ending !== undefined) throw endingError(ending, limits);
    throw isOutOfMemory(error) ? endingError('memory', limits) : problemOf(error);
  } finally {
    clearInterval(look);
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

function endingError(ending: Ending, { seconds, memoryMb }: AskLimits): AicoError {
  const subject = 'the question';
  if (ending === 'timeout') return new AicoError('ANALYTICS_TIMEOUT', { subject, details: { seconds } });
  if (ending === 'memory') return new AicoError('ANALYTICS_MEMORY', { subject, details: { limit: memoryMb } });
  return new AicoError('KERNEL_CANCELLED', { subject });
}
