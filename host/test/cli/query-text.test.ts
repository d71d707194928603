import { expect, test } from 'vitest';
import { answerText, csvText, tablesText } from '../../src/cli/commands/query-text.ts';

const ANSWER = {
  columns: [
    { name: 'title', type: 'VARCHAR' },
    { name: 'n', type: 'BIGINT' },
  ],
  rows: [
    ['Tea,\nplease', 2],
    ['=1+1\u001b[2J', null],
  ],
  truncated: true,
  readMs: 3,
  tookMs: 1,
};

test('an answer for people is in columns, and nothing in it moves the terminal [DATA-4]', () => {
  expect(answerText(ANSWER)).toBe(
    'title        n\nTea, please  2\n=1+1\uFFFD[2J\n\n2 rows in 1 ms, after 3 ms of reading; there are more: -n shows more of them.\n',
  );
});

test('an answer as CSV quotes what it must, and is no formula [DATA-4]', () => {
  expect(csvText(ANSWER)).toBe('title,n\r\n"Tea,\nplease",2\r\n\'=1+1\uFFFD[2J,\r\n');
});

test('the tables are told with their columns [DATA-4]', () => {
  const tables = [{ name: 'events', source: 'journal', columns: [{ name: 'time', type: 'TIMESTAMP' }] }];
  expect(tablesText(tables)).toMatch(/^events\n {2}time {2}TIMESTAMP\n\nTimes are UTC\. Ask: aico query/);
});
