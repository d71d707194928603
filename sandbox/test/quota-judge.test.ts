import { expect, test } from 'vitest';
import { parsePs } from '../src/watch/ps-meter.ts';
import { QuotaJudge } from '../src/watch/quota-judge.ts';

const LIMITS = { memoryMb: 100, cpuMsPerSecond: 500 };

/** A meter whose next readings the test sets; counts the costly ones. */
class SetMeter {
  residentMb = 50;
  cpuMs = 0;
  fairMb: number | undefined = 20;
  fairReads = 0;

  read(): { residentMb: number; cpuMs: number } {
    return { residentMb: this.residentMb, cpuMs: this.cpuMs };
  }

  async readFairMemory(): Promise<number | undefined> {
    this.fairReads += 1;
    await this.measuring;
    return this.fairMb;
  }

  /** Until when the costly reading takes. */
  measuring: Promise<unknown> = Promise.resolve();
}

const measured = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('memory is judged by the fair share, measured only when resident memory gives cause [PLG-3]', async () => {
  const meter = new SetMeter();
  const verdicts: unknown[] = [];
  const judge = new QuotaJudge(LIMITS, 0, (verdict) => verdicts.push(verdict));
  expect(judge.look(meter, 250)).toBeUndefined();
  expect(meter.fairReads).toBe(0);
  Object.assign(meter, { residentMb: 110, fairMb: 60 });
  for (let time = 500; time < 3_000; time += 250) {
    expect(judge.look(meter, time)).toBeUndefined();
    await measured();
  }
  expect(meter.fairReads).toBe(1);
  expect(judge.isPressing).toBe(false);
  Object.assign(meter, { residentMb: 160, fairMb: 104.6 });
  expect(judge.look(meter, 3_000)).toBeUndefined();
  await measured();
  expect(verdicts).toEqual([{ kind: 'memory', used: 105, limit: 100 }]);
});

test('resident memory is the judge where the system tells no fair share [PLG-3]', async () => {
  const meter = new SetMeter();
  Object.assign(meter, { residentMb: 101, fairMb: undefined });
  const verdicts: unknown[] = [];
  const judge = new QuotaJudge(LIMITS, 0, (verdict) => verdicts.push(verdict));
  expect(judge.look(meter, 250)).toBeUndefined();
  await measured();
  expect(verdicts).toEqual([{ kind: 'memory', used: 101, limit: 100 }]);
});

test('what was being measured before there was a suspicion is measured once more [PLG-3]', async () => {
  const meter = new SetMeter();
  const before = Promise.withResolvers<void>();
  Object.assign(meter, { fairMb: 130, measuring: before.promise });
  const verdicts: unknown[] = [];
  const judge = new QuotaJudge(LIMITS, 0, (verdict) => verdicts.push(verdict));
  judge.memoryMb(meter, 100);
  meter.residentMb = 160;
  expect(judge.look(meter, 250)).toBeUndefined();
  before.resolve();
  await measured();
  expect([meter.fairReads, verdicts]).toEqual([2, [{ kind: 'memory', used: 130, limit: 100 }]]);
});

test('whoever makes measuring last is judged without after a second, and at once when it is far beyond its limit [PLG-3]', () => {
  const meter = new SetMeter();
  Object.assign(meter, { residentMb: 120, measuring: new Promise(() => {}) });
  const judge = new QuotaJudge(LIMITS, 0);
  for (let time = 250; time <= 1_250; time += 40) expect(judge.look(meter, time)).toBeUndefined();
  expect(judge.isPressing).toBe(false);
  expect(judge.look(meter, 1_260)).toEqual({ kind: 'memory', used: 120, limit: 100 });
  expect(meter.fairReads).toBe(1);
  meter.residentMb = 330;
  expect(new QuotaJudge(LIMITS, 0).look(meter, 250)).toEqual({ kind: 'memory', used: 330, limit: 100 });
});

test('a look comes sooner while memory grows near its limit [PLG-3]', () => {
  const meter = new SetMeter();
  const judge = new QuotaJudge(LIMITS, 0);
  meter.residentMb = 80;
  judge.look(meter, 250);
  expect(judge.isPressing).toBe(true);
  judge.look(meter, 500);
  expect(judge.isPressing).toBe(false);
});

test('CPU may be spent in a burst, but not more than the quota over ten seconds [PLG-3]', () => {
  const meter = new SetMeter();
  const judge = new QuotaJudge(LIMITS, 0);
  for (let time = 250; time <= 4_500; time += 250) {
    meter.cpuMs = time;
    expect(judge.look(meter, time)).toBeUndefined();
  }
  for (let time = 4_750; time <= 30_000; time += 250) {
    meter.cpuMs += 100;
    expect(judge.look(meter, time)).toBeUndefined();
    if (time > 5_500) break;
  }
  meter.cpuMs += 2_000;
  expect(judge.look(meter, 5_750)).toMatchObject({ kind: 'cpu', limit: 500, overMs: 10_000 });
});

test('CPU below the quota goes on for ever [PLG-3]', () => {
  const meter = new SetMeter();
  const judge = new QuotaJudge(LIMITS, 0);
  for (let time = 250; time <= 60_000; time += 250) {
    meter.cpuMs += 120;
    expect(judge.look(meter, time)).toBeUndefined();
  }
  expect(judge.cpuPercent(60_000)).toBeCloseTo(48, 0);
});

test('the output of ps is read on every system', () => {
  expect(parsePs('  20480   0:01.50\n')).toEqual({ residentMb: 20, cpuMs: 1_500 });
  expect(parsePs(' 1024 01:02:03')).toEqual({ residentMb: 1, cpuMs: 3_723_000 });
  expect(parsePs(' 1024 2-01:00:00')).toEqual({ residentMb: 1, cpuMs: 176_400_000 });
  expect(parsePs('')).toBeUndefined();
});
