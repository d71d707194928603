import { AicoError, type PluginMetric } from '@aico/schemas';
import { expect, test } from 'vitest';
import { LiveMetrics } from '../src/internal/live-metrics.ts';

/** Metrics with time that a test moves on by hand. */
function open() {
  const due: (() => void)[] = [];
  const reports: (readonly PluginMetric[])[] = [];
  const timers = {
    after: (_: number, handler: () => void) => {
      due.push(handler);
      return () => {};
    },
  };
  const metrics = new LiveMetrics(timers, (report) => reports.push(structuredClone(report)));
  const pass = (): void => {
    for (const handler of due.splice(0)) handler();
  };
  return { metrics, reports, due, pass };
}

test('what changed is told together, what did not is not told, and nothing keeps a timer then [PLG-9]', () => {
  const { metrics, reports, due, pass } = open();
  const cups = metrics.counter('cups', { labels: ['tea'] });
  pass();
  expect([reports, due]).toEqual([[], []]);
  cups.add(2, { tea: 'green' });
  cups.add(1, { tea: 'green' });
  pass();
  expect(reports).toEqual([[{ name: 'cups', kind: 'counter', series: [{ labels: { tea: 'green' }, value: 3 }] }]]);
  pass();
  expect([reports.length, due.length]).toEqual([1, 0]);
  metrics.counter('cups').add();
  pass();
  expect(reports[1]?.[0]?.series[1]).toEqual({ labels: {}, value: 1 });
});

test('sets of labels and metrics are bounded, and what is left out is counted [PLG-3]', () => {
  const { metrics, reports, pass } = open();
  const cups = metrics.counter('cups', { labels: ['who'] });
  for (let who = 0; who < 1_000; who += 1) cups.add(1, { who: `${who}-`.padEnd(500, 'x') });
  pass();
  const [report] = reports[0] ?? [];
  expect([report?.series.length, report?.leftOut, report?.series[0]?.labels['who']?.length]).toEqual([200, 800, 60]);
  for (let more = 1; more < 50; more += 1) metrics.gauge(`gauge_${more}`);
  expect(() => metrics.gauge('one_more')).toThrow(AicoError);
});

test.for<[string, (metrics: LiveMetrics) => void]>([
  ['a name with spaces', (metrics) => metrics.counter('two words')],
  ['a name as another kind', (metrics) => void [metrics.gauge('cups'), metrics.counter('cups')]],
  ['six labels', (metrics) => metrics.gauge('cups', { labels: ['a', 'b', 'c', 'd', 'e', 'f'] })],
  ['bounds that fall', (metrics) => metrics.histogram('cups', { bounds: [2, 1] })],
  ['a counter that falls', (metrics) => metrics.counter('cups').add(-1)],
  ['no number', (metrics) => metrics.gauge('cups').record(Number.NaN)],
  ['a label that was not declared', (metrics) => metrics.gauge('cups').record(1, { who: 'Ada' })],
  ['a unit that is a sentence', (metrics) => metrics.gauge('cups', { unit: 'x'.repeat(21) })],
])('%s is refused, by name [PLG-9]', ([, misuse]) => {
  expect(() => misuse(open().metrics)).toThrow(/^The metric "(cups|two words)" cannot be kept: /);
});
