import { expect, test } from 'vitest';
import { byteSize } from '../../ui/src/i18n/byte-size.ts';
import { parsePath, pathOf } from '../../ui/src/router/routes.ts';

test('bytes are told in a unit that can be read [OBS-1]', () => {
  const english = (value: number, digits: number): string => value.toFixed(digits);
  const told = [0, 999, 1000, 1440, 14_400, 2_500_000, 7.3e12, 9e15].map((bytes) => byteSize(bytes, english));
  expect(told).toEqual(['0 B', '999 B', '1.0 kB', '1.4 kB', '14 kB', '2.5 MB', '7.3 TB', '9000 TB']);
});

test('the page of what left has an address of its own [UI-1]', () => {
  expect(parsePath('/activity/egress')).toEqual({ name: 'egress' });
  expect(pathOf({ name: 'egress' })).toBe('/activity/egress');
  expect(parsePath('/activity/egress/more')).toMatchObject({ name: 'missing' });
});
