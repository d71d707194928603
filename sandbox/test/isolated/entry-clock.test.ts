import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EntryClock, type EntryTime } from '../../src/isolated/entry-clock.ts';

/** A process of which a test says what it has of the processor, and when it was held. */
class FakeProcess {
  readonly over: EntryTime[] = [];
  readonly clock: EntryClock;
  #cpuMs = 0;
  #timesHeld = 0;

  constructor(mostMs: number) {
    this.clock = new EntryClock(mostMs, (took) => this.over.push(took), {
      cpuMs: () => this.#cpuMs,
      now: () => performance.now(),
      timesHeld: () => this.#timesHeld,
    });
  }

  /** @param share of one core */
  async runs(seconds: number, share: number, isHeld = false): Promise<void> {
    for (let looks = 0; looks < seconds * 4; looks++) {
      this.#cpuMs += 250 * share;
      if (isHeld) this.#timesHeld += 1;
      await vi.advanceTimersByTimeAsync(250);
    }
  }
}

describe('the time of an entry [PLG-3]', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  test('is what it has of the processor, however long others have it', async () => {
    const busy = new FakeProcess(10_000);
    busy.clock.enter();
    await busy.runs(16, 0.5);
    expect(busy.over).toEqual([]);
    await busy.runs(5, 0.5);
    expect(busy.over).toHaveLength(1);
    expect(busy.over[0]?.cpuMs).toBeGreaterThan(10_000);
    expect(busy.over[0]?.wallMs).toBeGreaterThan(20_000);
    expect(busy.over[0]?.held).toBe(false);
  });

  test('is all that passes while it is held for having had too much', async () => {
    const held = new FakeProcess(10_000);
    held.clock.enter();
    await held.runs(9, 0.05, true);
    expect(held.over).toEqual([]);
    await held.runs(2, 0.05, true);
    expect(held.over).toHaveLength(1);
    expect(held.over[0]?.held).toBe(true);
  });

  test('is no more than what passed, with however many threads', async () => {
    const wide = new FakeProcess(10_000);
    wide.clock.enter();
    await wide.runs(9, 4);
    expect(wide.over).toEqual([]);
  });

  test('begins anew with each entry, also with one that waited for its turn', async () => {
    const pair = new FakeProcess(10_000);
    pair.clock.enter();
    pair.clock.enter();
    await pair.runs(9, 1);
    pair.clock.leave();
    await pair.runs(9, 1);
    pair.clock.leave();
    await pair.runs(60, 1);
    expect(pair.over).toEqual([]);
    pair.clock.enter();
    await pair.runs(11, 1);
    expect(pair.over).toHaveLength(1);
  });
});
