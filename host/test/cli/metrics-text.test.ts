import { expect, test } from 'vitest';
import { metricsText } from '../../src/cli/commands/metrics-text.ts';

test('metrics are shown a line for each set of labels, with their units [PLG-9]', () => {
  const text = metricsText([
    {
      name: 'dice',
      kind: 'counter',
      unit: '{dice}',
      description: 'Dice thrown',
      series: [{ labels: { sides: '6' }, value: 12 }],
      leftOut: 3,
    },
    {
      name: 'time',
      kind: 'histogram',
      unit: 'ms',
      bounds: [1, 10],
      series: [{ labels: {}, value: 30, counts: [1, 9, 0] }],
    },
    { name: 'slow', kind: 'histogram', bounds: [1, 10], series: [{ labels: {}, value: 50, counts: [0, 0, 2] }] },
  ]);
  expect(text.replaceAll(/ +/g, ' ')).toMatch(/^It counts, since it started:\n/);
  for (const line of [
    'dice (sides=6) 12 dice Dice thrown',
    'time 10 times, 3 ms on average, 95 % up to 10 ms',
    'slow 2 times, 25 on average, 95 % beyond 10',
    '3 values were left out: their labels were too many.',
  ]) {
    expect(text.replaceAll(/ +/g, ' ')).toContain(line);
  }
  expect(metricsText([])).toBe('');
});
