import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Consumption } from '../src/internal/consumption.ts';

/** What was consumed, with a clock that is moved by hand. */
function counted() {
  const told: number[] = [];
  let due: (() => void) | undefined;
  const after = (_: number, handler: () => void): (() => void) => {
    due = () => {
      due = undefined;
      handler();
    };
    return () => {
      due = undefined;
    };
  };
  const consumption = new Consumption({ after }, (messages) => told.push(messages));
  return { told, consumption, isWaiting: () => due !== undefined, pause: () => due?.() };
}

test('a few messages are told together, a moment later, and only once [BUS-7]', () => {
  const { told, consumption, isWaiting, pause } = counted();
  for (let at = 0; at < 10; at++) consumption.add(256);
  expect([told, isWaiting()]).toEqual([[], true]);
  pause();
  expect([told, isWaiting()]).toEqual([[10], false]);
});

test('many are told at once, long before the window closes [BUS-7, PLG-3]', () => {
  const { told, consumption, pause } = counted();
  for (let at = 0; at < 2_500; at++) consumption.add(256);
  expect(told).toEqual([1_024, 1_024]);
  pause();
  expect(told).toEqual([1_024, 1_024, 452]);
});

test('what is large is told at once [BUS-7, PLG-3]', () => {
  const { told, consumption, isWaiting } = counted();
  consumption.add(1024 * 1024);
  expect([told, isWaiting()]).toEqual([[1], false]);
});

test('whatever comes, in the end as many are told as were consumed [BUS-7]', () => {
  const sizes = fc.array(fc.nat(700_000), { maxLength: 60 });
  fc.assert(
    fc.property(sizes, fc.array(fc.nat(60)), (characters, pauses) => {
      const { told, consumption, isWaiting, pause } = counted();
      for (const [at, size] of characters.entries()) {
        consumption.add(size);
        if (pauses.includes(at)) pause();
      }
      consumption.tell();
      consumption.tell();
      expect(told.reduce((sum, count) => sum + count, 0)).toBe(characters.length);
      expect([told.includes(0), isWaiting()]).toEqual([false, false]);
    }),
  );
});
