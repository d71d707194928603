import { expect, test } from 'vitest';
import { histogramFigures, shownSeries, titleOf, unitOf } from '../../ui/src/plugins/metric-figures.ts';

const LENGTH = { name: 'text.length', kind: 'histogram', unit: '{characters}', bounds: [10, 100], series: [] } as const;

test('a histogram is told by how often, how much on average, and where most of it lies [PLG-9, UI-1]', () => {
  const counts = [10, 5, 0];
  const figures = histogramFigures(
    { ...LENGTH, bounds: [...LENGTH.bounds], series: [] },
    { labels: {}, value: 300, counts },
  );
  expect(figures).toEqual({ times: 15, mean: 20, bound: 100, isBeyond: false, bars: [1, 0.5, 0] });
  const beyond = histogramFigures(
    { ...LENGTH, bounds: [...LENGTH.bounds], series: [] },
    { labels: {}, value: 900, counts: [0, 1, 1] },
  );
  expect([beyond.bound, beyond.isBeyond]).toEqual([100, true]);
  const none = histogramFigures({ name: 'x', kind: 'histogram', series: [] }, { labels: {}, value: 0 });
  expect(none).toEqual({ times: 0, mean: 0, bound: 0, isBeyond: true, bars: [] });
});

test('of many sets of labels the largest are shown, and how many more there are [PLG-9]', () => {
  const series = Array.from({ length: 9 }, (_, at) => ({ labels: { at: String(at) }, value: at }));
  const { shown, more } = shownSeries({ name: 'cups', kind: 'counter', series });
  expect([shown.map(({ value }) => value), more]).toEqual([[8, 7, 6, 5, 4, 3], 3]);
});

test('names and units are read as words', () => {
  expect([titleOf({ ...LENGTH, bounds: [], series: [] }), unitOf({ ...LENGTH, bounds: [], series: [] })]).toEqual([
    'text length',
    'characters',
  ]);
});
