import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerUnit } from '../src/answer.ts';
import { convert, UNITS } from '../src/units.ts';

test.each([
  ['5 km in miles', '5 km = **3.10686 mi**'],
  ['26.2 Miles to KM', '26.2 mi = **42.1648 km**'],
  ['72 °F to °C', '72 °F = **22.2222 °C**'],
  ['-40 c in f', '−40 °C = **−40 °F**'],
  ['0 kelvin as celsius', '0 K = **−273.15 °C**'],
  ['1,5 cups in ml', '1.5 cup = **354.882 ml**'],
  ['1,500 m in km?', '1,500 m = **1.5 km**'],
  ['1 GB in MiB', '1 GB = **953.674 MiB**'],
  ['100 km/h in mph', '100 km/h = **62.1371 mph**'],
  ['3 square metres in ft^2', '3 m² = **32.2917 ft²**'],
  ['1 mm in nmi', '1 mm = **5.39957e−7 nmi**'],
  ['1e30 m in mm', '1e+30 m = **1e+33 mm**'],
])('answers "%s"', (typed, text) => {
  expect(answerUnit(typed)).toBe(text);
});

test.each([
  ['', 'I cannot read that.'],
  ['5 km', 'I cannot read that.'],
  ['1.2.3 km in m', '“1.2.3” is no number'],
  ['5 parsecs in km', 'I do not know the unit “parsecs”.'],
  ['5 km in [x](y)', 'I do not know the unit “xy”.'],
  ['5 km in kg', 'km is a length, kg is a mass'],
])('says what is wrong with "%s"', (typed, text) => {
  expect(answerUnit(typed)).toContain(text);
});

test('there and back again is where it began, for every pair of units of a kind', () => {
  for (const from of UNITS)
    for (const to of UNITS.filter(({ kind }) => kind === from.kind))
      expect(convert(convert(12.5, from, to), to, from)).toBeCloseTo(12.5, 8);
});

test('answers any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.,e-+ inkmto°C') }), (text) => {
      expect(answerUnit(text).length).toBeGreaterThan(0);
    }),
  );
});
