import { lookAtClock, mostOff, type SeenClock } from '@aico/sdk';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { DAY_MS, KeptHouse, textOf } from './support/kept-house.ts';

const YEAR_MS = 365 * DAY_MS;

async function open() {
  const house = await KeptHouse.open();
  onTestFinished(() => house.kernel.close());
  const said = { id: crypto.randomUUID(), conversation: crypto.randomUUID(), at: house.now - 10 * DAY_MS };
  await house.fill([said], []);
  await house.keep({ conversations: 90, memories: 0 });
  return { house, said };
}

test('a clock that jumps a year ahead takes nothing: it waits until somebody says that it is right [DATA-7]', async () => {
  const { house, said } = await open();
  const seen = textOf(house.now);
  await house.look(YEAR_MS);
  expect(await house.messages()).toEqual([said.id]);
  expect(await house.state()).toMatchObject({ waits: { seen, since: textOf(house.now), steadyHours: 0 } });
  await house.look(DAY_MS);
  expect((await house.state()).waits?.steadyHours).toBe(24);
  await house.keep({ conversations: 90, memories: 0 });
  expect(await house.messages()).toEqual([]);
  expect(await house.state()).not.toHaveProperty('waits');
});

test('a clock that was put right again is believed at once, and nothing went [DATA-7]', async () => {
  const { house, said } = await open();
  await house.look(YEAR_MS);
  await house.look(-YEAR_MS + DAY_MS);
  expect(await house.state()).not.toHaveProperty('waits');
  // Back by a year, and in the right time again.
  await house.look(-YEAR_MS);
  await house.look(YEAR_MS);
  expect(await house.state()).not.toHaveProperty('waits');
  expect(await house.messages()).toEqual([said.id]);
});

test('a clock that goes steadily for a week is believed, one that jumps on is not [DATA-7]', async () => {
  const { house, said } = await open();
  await house.look(YEAR_MS);
  for (let day = 0; day < 6; day += 1) await house.look(DAY_MS);
  await house.look(YEAR_MS);
  for (let day = 0; day < 6; day += 1) await house.look(DAY_MS);
  expect(await house.messages()).toEqual([said.id]);
  await house.look(DAY_MS);
  expect(await house.messages()).toEqual([]);
});

test('whatever a clock does, it is never believed further ahead than half of the shortest time, short of a steady week [DATA-7]', () => {
  const step = fc.oneof(fc.integer({ min: -YEAR_MS, max: YEAR_MS }), fc.integer({ min: 0, max: DAY_MS }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.constantFrom(7, 30, 90, 3650), (steps, days) => {
      const most = mostOff([0, days]);
      expect(most).toBeLessThanOrEqual((days * DAY_MS) / 2);
      let seen: SeenClock = { believed: 0 };
      let [now, steady] = [0, 0];
      for (const each of steps) {
        now += each;
        steady = each >= 0 && each <= most ? steady + Math.min(each, DAY_MS) : 0;
        const next = lookAtClock(seen, now, most);
        if (next.wait === undefined && Math.abs(now - seen.believed) > most)
          expect(steady).toBeGreaterThanOrEqual(7 * DAY_MS);
        seen = next;
      }
    }),
  );
});
