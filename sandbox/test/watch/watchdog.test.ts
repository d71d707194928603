import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Meter } from '../../src/watch/meter.ts';
import { Watchdog } from '../../src/watch/watchdog.ts';

const LIMITS = { memoryMb: 100, cpuMsPerSecond: 500 };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A process of a size, on a machine where every quarter of a second so much CPU time is used. */
function watchOne(workMs: () => number | undefined) {
  const process = { residentMb: 20, looks: 0 };
  const meter: Meter = {
    read: () => {
      process.looks += 1;
      return { residentMb: process.residentMb, cpuMs: 0 };
    },
    readFairMemory: async () => undefined,
    close: () => {},
  };
  const verdicts: unknown[] = [];
  const watch = new Watchdog({ sinceLast: workMs }).watch({
    meter,
    limits: LIMITS,
    stopAndGo: undefined,
    onPressure: () => {},
    onVerdict: (verdict) => verdicts.push(verdict),
  });
  process.looks = 0;
  return { process, verdicts, watch };
}

test.for([
  { machine: 'does next to nothing', workMs: 5, looks: 10 },
  { machine: 'works', workMs: 250, looks: 40 },
  { machine: 'does not tell', workMs: undefined, looks: 40 },
])('on a machine that $machine it looks $looks times in ten seconds [PLG-3]', ({ workMs, looks }) => {
  const { process, watch } = watchOne(() => workMs);
  vi.advanceTimersByTime(10_000);
  expect(process.looks).toBe(looks);
  watch.stop();
});

test('who begins to allocate after a rest is looked at as soon as ever, for to allocate is work [PLG-3]', () => {
  let working = false;
  const { process, verdicts, watch } = watchOne(() => (working ? 240 : 1));
  vi.advanceTimersByTime(5_100);
  working = true;
  process.residentMb = 500;
  vi.advanceTimersByTime(250);
  expect(verdicts[0]).toEqual({ kind: 'memory', used: 500, limit: 100 });
  watch.stop();
});

test('work that trickles adds up to a look [PLG-3]', () => {
  const { process, watch } = watchOne(() => 20);
  vi.advanceTimersByTime(9_000);
  expect(process.looks).toBe(12);
  watch.stop();
});
