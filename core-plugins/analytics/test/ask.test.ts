import { afterEach, expect, test, vi } from 'vitest';
import { ask, UNHEARD_MS } from '../src/ask.ts';
import type { DuckDb } from '../src/duckdb.ts';
import type { Engine } from '../src/engine.ts';

const LIMITS = { rows: 10, seconds: 3, memoryMb: 100, processMb: 100_000 };
const nobody = new AbortController().signal;

afterEach(() => void vi.useRealTimers());

test('a question that hears no interruption is told once, soon after its time, so that its process can end [DATA-4]', () => {
  vi.useFakeTimers();
  let interrupted = 0;
  const deaf = {
    run: () => new Promise(() => {}),
    interrupt: () => {
      interrupted += 1;
    },
    progress: { percentage: -1 },
  } as unknown as Engine['reader'];
  let told = 0;
  const onUnheard = (): void => {
    told += 1;
  };
  void ask({ duckdb: {} as DuckDb, reader: deaf }, 'select 1', LIMITS, nobody, () => {}, onUnheard);
  vi.advanceTimersByTime(LIMITS.seconds * 1000 + UNHEARD_MS - 1000);
  expect([interrupted > 100, told]).toEqual([true, 0]);
  vi.advanceTimersByTime(60_000);
  expect(told).toBe(1);
});
