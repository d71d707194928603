import { afterEach, expect, test, vi } from 'vitest';
import { ask } from '../src/ask.ts';
import type { DuckDb } from '../src/duckdb.ts';
import type { Engine } from '../src/engine.ts';
import { UNHEARD_MS } from '../src/watched.ts';

const LIMITS = { rows: 10, seconds: 3, memoryMb: 100, processMb: 100_000 };
const BYTES_PER_MB = 1024 * 1024;
const nobody = new AbortController().signal;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('a question that hears no interruption is told once, soon after its time, so that its process can end [DATA-4]', () => {
  vi.useFakeTimers();
  let interrupted = 0;
  let told = 0;
  const deaf = deafReader(() => {
    interrupted += 1;
  });
  const onUnheard = (): void => {
    told += 1;
  };
  void ask({ duckdb: {} as DuckDb, reader: deaf }, 'select 1', LIMITS, nobody, () => {}, onUnheard);
  vi.advanceTimersByTime(LIMITS.seconds * 1000 + UNHEARD_MS - 1000);
  expect([interrupted > 100, told]).toEqual([true, 0]);
  vi.advanceTimersByTime(60_000);
  expect(told).toBe(1);
});

test('one whose step still takes memory is on its way to the limit of its process, and told only when it takes no more [DATA-4]', () => {
  vi.useFakeTimers();
  let bytes = 1024 * BYTES_PER_MB;
  vi.spyOn(process.memoryUsage, 'rss').mockImplementation(() => bytes);
  let told = 0;
  const onUnheard = (): void => {
    told += 1;
  };
  const limits = { ...LIMITS, seconds: 600, processMb: 500 };
  void ask({ duckdb: {} as DuckDb, reader: deafReader() }, 'select 1', limits, nobody, () => {}, onUnheard);
  for (let seconds = 0; seconds < 30; seconds += 1) {
    bytes += 20 * BYTES_PER_MB;
    vi.advanceTimersByTime(1_000);
  }
  expect(told).toBe(0);
  vi.advanceTimersByTime(UNHEARD_MS + 1_000);
  expect(told).toBe(1);
});

function deafReader(onInterrupt: () => void = () => {}): Engine['reader'] {
  return {
    run: () => new Promise(() => {}),
    interrupt: onInterrupt,
    progress: { percentage: -1 },
  } as unknown as Engine['reader'];
}
