import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Ladder } from '../../src/watch/ladder.ts';

const LIMITS = { memoryMb: 100, cpuMsPerSecond: 500 };
const PATIENCE_MS = 4_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A process that works as much of each second as `wants` says, unless it is made to stand still. */
class Worker {
  wants = 0;
  residentMb = 20;
  isStill = false;
  cpuMs = 0;
  readonly told: unknown[] = [];
  readonly ladder: Ladder;

  constructor(canBeHeld: boolean) {
    const meter = {
      read: () => ({ residentMb: this.residentMb, cpuMs: this.cpuMs }),
      readFairMemory: async () => this.residentMb,
      close: () => {},
    };
    this.ladder = new Ladder(
      {
        meter,
        limits: LIMITS,
        patienceMs: PATIENCE_MS,
        stopAndGo: canBeHeld ? (still) => this.#hold(still) : undefined,
        onPressure: ({ resource, step }) => this.told.push(`${resource} ${step}`),
        onVerdict: ({ kind }) => this.told.push(`${kind} ended`),
      },
      performance.now(),
    );
  }

  #hold(still: boolean): void {
    this.isStill = still;
  }

  run(milliseconds: number): void {
    for (let at = 0; at < milliseconds; at += 10) {
      vi.advanceTimersByTime(10);
      if (!this.isStill) this.cpuMs += this.wants * 10;
      if (at % 250 === 0) this.ladder.look(performance.now());
    }
  }
}

test('a process that works too hard is held at its limit, and ended only when it goes on [PLG-3]', () => {
  const worker = new Worker(true);
  worker.wants = 1;
  worker.run(5_500);
  expect(worker.told).toEqual(['cpu throttled']);
  const before = worker.cpuMs;
  worker.run(3_000);
  expect((worker.cpuMs - before) / 3).toBeGreaterThan(LIMITS.cpuMsPerSecond * 0.85);
  expect((worker.cpuMs - before) / 3).toBeLessThan(LIMITS.cpuMsPerSecond * 1.15);
  worker.run(2_000);
  expect(worker.told).toEqual(['cpu throttled', 'cpu ended']);
});

test('one whose burst is over goes on unhindered, and is not ended [PLG-3]', () => {
  const worker = new Worker(true);
  worker.wants = 1;
  worker.run(6_000);
  worker.wants = 0.1;
  worker.run(20_000);
  expect(worker.told).toEqual(['cpu throttled', 'cpu relieved']);
  expect(worker.isStill).toBe(false);
});

test('where a process cannot be held it is ended at once [PLG-3]', () => {
  const worker = new Worker(false);
  worker.wants = 1;
  worker.run(6_000);
  expect(worker.told).toEqual(['cpu ended']);
});

test('a higher limit lets a process go that was held at the lower one [PLG-3]', () => {
  const worker = new Worker(true);
  worker.wants = 1;
  worker.run(6_000);
  worker.ladder.limit({ ...LIMITS, cpuMsPerSecond: 2_000 });
  worker.run(15_000);
  expect(worker.told).toEqual(['cpu throttled', 'cpu relieved']);
});

test('what is about to end stands still no more, so that it can hear of it [PLG-3]', () => {
  const worker = new Worker(true);
  worker.wants = 4;
  worker.run(3_000);
  worker.ladder.end();
  expect(worker.isStill).toBe(false);
  worker.run(10_000);
  expect(worker.told).toEqual(['cpu throttled']);
});

test('memory near its limit is told once, then that there is room again, then the end [PLG-3]', () => {
  const worker = new Worker(true);
  for (const residentMb of [84, 86, 90, 80, 88, 70, 101]) {
    worker.residentMb = residentMb;
    worker.run(4_000);
  }
  expect(worker.told).toEqual(['memory warned', 'memory relieved', 'memory warned', 'memory ended']);
});
