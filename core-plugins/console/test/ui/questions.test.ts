import { describe, expect, test } from 'vitest';
import { READY_QUERIES } from '../../../analytics/src/ready-queries.ts';
import { axisLabels } from '../../ui/src/questions/axis-labels.ts';
import { cellText } from '../../ui/src/questions/cell-text.ts';
import { chartData, roundUp, ticksOf } from '../../ui/src/questions/chart-data.ts';
import { readyPhrase } from '../../ui/src/questions/question-name.ts';
import { toCsv } from '../../ui/src/questions/to-csv.ts';

const DAY = { name: 'day', type: 'DATE' };
const NUMBER = { name: 'words', type: 'HUGEINT' };
const TEXT = { name: 'note', type: 'VARCHAR' };

describe('the chart of an answer [DATA-4, UI-1]', () => {
  test('draws the columns of numbers beside the first one, up to a round number', () => {
    const rows = [
      ['2026-11-25', 'a', 7],
      ['2026-11-26', 'b', null],
      ['2026-11-27', 'c', '18014398509481984'],
    ];
    expect(chartData({ columns: [DAY, TEXT, NUMBER], rows })).toEqual({
      labels: ['2026-11-25', '2026-11-26', '2026-11-27'],
      series: [{ name: 'words', values: [7, 0, 18_014_398_509_481_984] }],
      ordered: true,
      largest: 18_014_398_509_481_984,
      least: 0,
      ticks: [0, 5e15, 1e16, 1.5e16, 2e16],
    });
    expect(chartData({ columns: [TEXT, NUMBER], rows: [['a', 1]] })?.ordered).toBe(false);
  });

  test('is none without rows or numbers', () => {
    expect(chartData({ columns: [DAY, TEXT], rows: [['2026-11-26', 'a']] })).toBeUndefined();
    expect(chartData({ columns: [DAY, NUMBER], rows: [] })).toBeUndefined();
  });

  test('draws what is below zero below it, on a scale that reaches as far', () => {
    const drawn = (...values: (number | string)[]) =>
      chartData({ columns: [DAY, NUMBER], rows: values.map((value) => ['2026-11-25', value]) });
    expect(drawn(7, -3)).toMatchObject({ series: [{ values: [7, -3] }], least: -3, ticks: [-4, -2, 0, 2, 4, 6, 8] });
    expect(drawn(-40, -5)).toMatchObject({ largest: 0, least: -40, ticks: [-40, -30, -20, -10, 0] });
    expect(drawn(3, 'Infinity', 'NaN')).toMatchObject({ series: [{ values: [3, 0, 0] }], largest: 3 });
  });

  test('ends its scale at 1, 2, 2.5 or 5 of a power of ten', () => {
    expect([0, 0.03, 1, 7, 11, 23, 460].map(roundUp)).toEqual([0, 0.05, 1, 10, 20, 25, 500]);
  });
});

test('under a chart times say what tells them apart, and everything else all of it [UI-1]', () => {
  const asked = [
    ['2026-11-28 10:27:25.738', '2026-11-28 10:28:09'],
    ['2026-11-28 10:00:00', '2026-11-28 11:00:00'],
    ['2026-11-28 23:00:00', '2026-11-29'],
    ['2026-11-28', '2026-11-29'],
    ['chat', '2026-11-29 10:00:00'],
  ];
  expect(asked.map(axisLabels)).toEqual([
    ['10:27:25', '10:28:09'],
    ['10:00', '11:00'],
    ['11-28 23:00', '11-29 00:00'],
    ['2026-11-28', '2026-11-29'],
    ['chat', '2026-11-29 10:00:00'],
  ]);
});

test('the lines of a scale are at round numbers [UI-1]', () => {
  expect([0, 0.5, 20, 25, 100, 5_000].map(ticksOf)).toEqual([
    [0],
    [0, 0.1, 0.2, 0.3, 0.4, 0.5],
    [0, 5, 10, 15, 20],
    [0, 5, 10, 15, 20, 25],
    [0, 20, 40, 60, 80, 100],
    [0, 1_000, 2_000, 3_000, 4_000, 5_000],
  ]);
});

test('values are shown as the language writes them; a long text is cut [DATA-4]', () => {
  const values = [
    1234.5,
    '2026-11-26T12:00:00.000Z',
    '2026-11-26T12:00:00.250Z',
    '2026-11-26T00:00:00.000Z',
    null,
    true,
  ];
  expect(values.map((value) => cellText(value, 'de'))).toEqual([
    '1.234,5',
    '2026-11-26 12:00:00',
    '2026-11-26 12:00:00.250',
    '2026-11-26',
    '',
    'true',
  ]);
  expect(cellText('x'.repeat(400), 'en')).toHaveLength(301);
});

test('an answer is saved as CSV that no table takes for formulas [DATA-4]', () => {
  const rows = [
    ['=1+1', -2],
    ['a "b", c\n', null],
  ];
  expect(toCsv({ columns: [TEXT, NUMBER], rows })).toBe('note,words\r\n\'=1+1,-2\r\n"a ""b"", c\n",\r\n');
});

test('every question that came with AICO has a name in each language [DATA-4]', () => {
  expect(READY_QUERIES.filter((query) => readyPhrase(query) === undefined)).toEqual([]);
});
