import { AicoError } from '@aico/sdk';
import type { Engine } from './engine.ts';
import { isOutOfMemory } from './problem.ts';

const BYTES_PER_MB = 1024 * 1024;
const LOOK_EVERY_MS = 25;
const TELL_EVERY_MS = 250;
/** DuckDB hears an interruption between two steps; some steps take minutes. After so long nothing but the end of its process stops it. */
export const UNHEARD_MS = 10_000;

export interface Limits {
  readonly seconds: number;
  /** Of DuckDB, as the error tells it. */
  readonly memoryMb: number;
  /** Of the whole process: texts on their way through a question are not in DuckDB's own count. */
  readonly processMb: number;
}

export interface Watch {
  readonly connection: Engine['reader'];
  readonly limits: Limits;
  readonly signal: AbortSignal;
  /** Told now and then how far it is, where DuckDB knows. */
  readonly onPercent?: (percent: number) => void;
  /** Told when it cannot be stopped. */
  readonly onUnheard: () => void;
}

type Ending = 'cancelled' | 'timeout' | 'memory';

/**
 * Has DuckDB do something within its time and its memory, for as long as somebody waits for it.
 * @throws AicoError ANALYTICS_TIMEOUT, ANALYTICS_MEMORY, KERNEL_CANCELLED, and what the work throws
 */
export async function watched<Result>(
  { connection, limits, signal, onPercent, onUnheard }: Watch,
  work: (hasEnded: () => boolean) => Promise<Result>,
): Promise<Result> {
  const begun = performance.now();
  // What earlier questions left in the process is none of this one's: else none would be answered any more.
  const mostBytes = Math.max(
    limits.processMb * BYTES_PER_MB,
    process.memoryUsage.rss() + limits.memoryMb * BYTES_PER_MB,
  );
  let ending: Ending | undefined;
  let endedAt: number | undefined;
  let peakBytes = 0;
  let told = begun;
  const look = setInterval(() => {
    const now = performance.now();
    if (signal.aborted) ending ??= 'cancelled';
    if (now - begun > limits.seconds * 1_000) ending ??= 'timeout';
    const bytes = process.memoryUsage.rss();
    if (bytes > mostBytes) ending ??= 'memory';
    // A step that still takes memory comes to the process's limit, however slow the machine is, and fails there.
    if (bytes > peakBytes + BYTES_PER_MB) {
      peakBytes = bytes;
      if (ending === 'memory') endedAt = now;
    }
    // Again until it has ended: between two steps an interruption is not heard.
    if (ending !== undefined) {
      endedAt ??= now;
      connection.interrupt();
      if (now - endedAt <= UNHEARD_MS) return;
      clearInterval(look);
      onUnheard();
    } else if (now - told > TELL_EVERY_MS) {
      told = now;
      onPercent?.(connection.progress.percentage);
    }
  }, LOOK_EVERY_MS);
  try {
    const result = await work(() => ending !== undefined);
    if (ending !== undefined) throw endingError(ending, limits);
    return result;
  } catch (error) {
    if (ending !== undefined) throw endingError(ending, limits);
    throw isOutOfMemory(error) ? endingError('memory', limits) : error;
  } finally {
    clearInterval(look);
  }
}

function endingError(ending: Ending, { seconds, memoryMb }: Limits): AicoError {
  const subject = 'the question';
  if (ending === 'timeout') return new AicoError('ANALYTICS_TIMEOUT', { subject, details: { seconds } });
  if (ending === 'memory') return new AicoError('ANALYTICS_MEMORY', { subject, details: { limit: memoryMb } });
  return new AicoError('KERNEL_CANCELLED', { subject });
}
