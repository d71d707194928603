import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Composure } from '../../src/watch/composure.ts';

const LOOK_MS = 250;

/** A process that is looked at four times a second. */
class Work {
  readonly told: boolean[] = [];
  readonly #composure = new Composure(0, (isCalm) => this.told.push(isCalm));
  #cpuMs = 60;
  #now = 0;

  /** @param share of one core */
  goOn(milliseconds: number, share: number, isHeld = false): this {
    for (const end = this.#now + milliseconds; this.#now < end; ) {
      this.#now += LOOK_MS;
      this.#cpuMs += share * LOOK_MS;
      this.#composure.look(this.#cpuMs, this.#now, isHeld);
    }
    return this;
  }
}

test('who starts counts as busy until it was calm for three seconds, and one burst makes it busy again [PLG-3]', () => {
  expect(new Work().goOn(2_750, 0.1).told).toEqual([]);
  expect(new Work().goOn(3_250, 0.1).told).toEqual([true]);
  expect(new Work().goOn(3_250, 0.1).goOn(250, 0.6).told).toEqual([true, false]);
  expect(new Work().goOn(3_250, 0.1).goOn(250, 0.6).goOn(2_750, 0.1).told).toEqual([true, false]);
  expect(new Work().goOn(3_250, 0.1).goOn(250, 0.6).goOn(3_250, 0.1).told).toEqual([true, false, true]);
});

test('between calm and busy nothing changes, so that it does not go back and forth [PLG-3]', () => {
  expect(new Work().goOn(10_000, 0.4).told).toEqual([]);
  expect(new Work().goOn(3_250, 0.1).goOn(10_000, 0.4).told).toEqual([true]);
});

test('one that stands still because it took too much is not calm [PLG-3]', () => {
  expect(new Work().goOn(10_000, 0.05, true).told).toEqual([]);
  expect(new Work().goOn(3_250, 0.1).goOn(250, 0.05, true).told).toEqual([true, false]);
});

test('it is told of each change once, whatever the process does [PLG-3]', () => {
  const spell = fc.record({
    looks: fc.integer({ min: 1, max: 30 }),
    share: fc.double({ min: 0, max: 2, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(spell, { maxLength: 20 }), (spells) => {
      const work = new Work();
      for (const { looks, share } of spells) work.goOn(looks * LOOK_MS, share);
      expect(work.told).toEqual(work.told.map((_, at) => at % 2 === 0));
    }),
  );
});
