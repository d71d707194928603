import { describe, expect, test } from 'vitest';
import { READY_QUERIES } from '../../../analytics/src/ready-queries.ts';
import { cellText } from '../../ui/src/questions/cell-text.ts';
import { chartData, roundUp } from '../../ui/src/questions/chart-data.ts';
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
      top: 2e16,
    });
    expect(chartData({ columns: [TEXT, NUMBER], rows: [['a', 1]] })?.ordered).toBe(false);
  });

  test('is none without rows or numbers', () => {
    expect(chartData({ columns: [DAY, TEXT], rows: [['2026-11-26', 'a']] })).toBeUndefined();
    expect(chartData({ columns: [DAY, NUMBER], rows: [] })).toBeUndefined();
  });

  test('ends its scale at 1, 2, 2.5 or 5 of a power of ten', () => {
    expect([0, 0.03, 1, 7, 11, 23, 460].map(roundUp)).toEqual([0, 0.05, 1, 10, 20, 25, 500]);
  });
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
