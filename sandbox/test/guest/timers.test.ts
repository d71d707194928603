import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { stubBridge } from '../support/stub-bridge.ts';

const bridge = stubBridge();
const { GuestTimers } = await import('../../src/guest/timers.ts');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  bridge.wakes.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

function pass(milliseconds: number): void {
  vi.setSystemTime(Date.now() + milliseconds);
}

test('timers run in the order in which they are due, with one wish to the host at a time', () => {
  const timers = new GuestTimers();
  const order: number[] = [];
  const delays = [50, 10, 30, 20, 40, 10];
  for (const delay of delays) timers.set(() => order.push(delay), delay);
  expect(bridge.wakes).toEqual([50, 10]);
  pass(25);
  timers.wake(() => {});
  expect(order).toEqual([10, 10, 20]);
  expect(bridge.wakes).toEqual([50, 10, 5]);
  pass(100);
  timers.wake(() => {});
  expect(order).toEqual([10, 10, 20, 30, 40, 50]);
  expect(bridge.wakes).toHaveLength(3);
});

test('a cleared timer never runs and wakes nobody', () => {
  const timers = new GuestTimers();
  const ran: string[] = [];
  const first = timers.set(() => ran.push('first'), 10);
  timers.set(() => ran.push('second'), 20);
  timers.clear(first);
  timers.clear(12345);
  pass(10);
  timers.wake(() => {});
  expect(ran).toEqual([]);
  expect(bridge.wakes).toEqual([10, 10]);
  pass(10);
  timers.wake(() => {});
  expect(ran).toEqual(['second']);
});

test('whoever sets timers far ahead and clears them again fills no memory with them', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const timers = new GuestTimers();
  const kept: WeakRef<object>[] = [];
  const ran: string[] = [];
  timers.set(() => ran.push('sooner'), 10);
  for (let at = 0; at < 1_000; at += 1) {
    const held = { at };
    kept.push(new WeakRef(held));
    timers.clear(timers.set(() => held.at, 3_600_000));
  }
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  const left = kept.filter((each) => each.deref() !== undefined).length;
  pass(10);
  timers.wake(() => {});
  expect({ ran, few: left < 100 }).toEqual({ ran: ['sooner'], few: true });
});

test('a timer that throws is reported and stops no other', () => {
  const timers = new GuestTimers();
  const failures: unknown[] = [];
  const ran: string[] = [];
  timers.set(() => {
    throw new Error('mine');
  }, 0);
  timers.set(() => ran.push('other'), 0);
  timers.wake((error) => failures.push(String(error)));
  expect({ failures, ran }).toEqual({ failures: ['Error: mine'], ran: ['other'] });
});

test('a timer set by a timer waits for its own turn', () => {
  const timers = new GuestTimers();
  let turns = 0;
  const again = (): void => {
    turns += 1;
    timers.set(again, 0);
  };
  timers.set(again, 0);
  timers.wake(() => {});
  expect(turns).toBe(1);
});

test('strange delays become delays', () => {
  const timers = new GuestTimers();
  for (const delay of [Number.NaN, -5, 'x', undefined]) timers.set(() => {}, delay as number);
  expect(bridge.wakes).toEqual([0]);
  timers.set(() => {}, 1e12);
  pass(1);
  timers.wake(() => {});
  expect(bridge.wakes).toEqual([0, 2_147_483_646]);
});
