import { expect, test } from 'vitest';
import { Presence } from '../../ui/src/app/presence.ts';

function openPage() {
  const page = new EventTarget();
  const state = { time: 0, touched: false };
  const presence = new Presence({ page, now: () => state.time, wasTouched: () => state.touched });
  return { page, state, presence };
}

test('whoever opened a page is there for a minute, and for a minute after each touch', () => {
  const { page, state, presence } = openPage();
  const there = [presence.isThere];
  for (const [time, touch] of [
    [59_000, undefined],
    [61_000, undefined],
    [61_000, 'keydown'],
    [120_000, 'wheel'],
    [179_000, undefined],
    [181_000, undefined],
    [181_000, 'pointermove'],
  ] as const) {
    state.time = time;
    if (touch) page.dispatchEvent(new Event(touch));
    there.push(presence.isThere);
  }
  expect(there).toEqual([true, true, false, true, true, true, false, false]);
});

test('who clicks within a view of a plugin, which tells the page nothing, is there', () => {
  const { state, presence } = openPage();
  state.time = 90_000;
  state.touched = true;
  expect(presence.isThere).toBe(true);
  [state.time, state.touched] = [140_000, false];
  expect(presence.isThere).toBe(true);
  state.time = 151_000;
  expect(presence.isThere).toBe(false);
});
